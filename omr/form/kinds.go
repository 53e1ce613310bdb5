package form

// schemas is spec/markup.md 0.3 and 10 as a table.
var schemas = [...]Schema{
	{Kind: Template, Closing: true, NeedsChildren: true},
	{
		Kind: Page, TXT: "page", Closing: true, NeedsChildren: true,
		Attrs: []AttrSpec{
			enum(AttrOrientation, "", Orientations()...),
			enum(AttrPaperSize, "", PaperSizes()...),
			px(AttrLeftMargin, ""),
			px(AttrRightMargin, ""),
			enum(AttrRotationPointPosition, "", RotationMarkers()...),
		},
	},
	{
		Kind: Container, TXT: "container", Closing: true, NeedsChildren: true,
		Attrs: []AttrSpec{
			unset(lines(AttrColumnsCount, "1"), UnsetZero),
			proportions(AttrColumnsProportions),
			alias(enum(AttrContainerType, ContainerNormal, ContainerNormal, ContainerFooter), "type"),
			px(AttrBlockRightMargin, "40"),
			px(AttrBlockBottomMargin, "20"),
			px(AttrBlockTopPadding, "20"),
			alias(flag(AttrSyncChildrenHeight, "false"), "sync_block_height"),
		},
	},
	{
		Kind: Block, TXT: "block", Closing: true, NeedsChildren: true,
		Attrs: join([]AttrSpec{column()}, border(), []AttrSpec{
			flag(AttrIsClipped, "false"),
			color(AttrBackgroundColor, ""),
			length(AttrHeight),
			px(AttrHorizontalPadding, "20"),
			px(AttrVerticalPadding, "20"),
			enum(AttrOverflow, "", Overflows()...),
		}),
	},
	{
		Kind: PositionedBlock, TXT: "positioned_block", Closing: true, NeedsChildren: true,
		Attrs: []AttrSpec{required(place(AttrX)), required(place(AttrY)), length(AttrWidth), length(AttrHeight)},
	},
	{
		Kind: Text, TXT: "text", Name: NameVisible, NameRequired: true,
		Attrs: join(font(), []AttrSpec{color(AttrColor, "Black"), align(AlignLeft)}),
	},
	{
		Kind: Content, TXT: "content", Name: NameVisible, NameRequired: true,
		Attrs: join(font(), []AttrSpec{color(AttrColor, "Black"), align(AlignLeft), contentType()}),
	},
	{
		Kind: Paragraph, TXT: "paragraph", Closing: true, NeedsChildren: true,
		Attrs: []AttrSpec{
			alias(enum(AttrParagraphType, ParagraphNormal, ParagraphNormal, ParagraphImageWrap, ParagraphInline), "type"),
			enum(AttrVerticalAlign, AlignCenter, AlignTop, AlignCenter, AlignBottom),
		},
	},
	{
		Kind: Image, TXT: "image", Name: NameFile, NameRequired: true,
		Attrs: []AttrSpec{length(AttrWidth), length(AttrHeight), place(AttrX), place(AttrY), align(AlignLeft)},
	},
	{
		Kind: EmptyLine, TXT: "empty_line",
		Attrs: []AttrSpec{unset(px(AttrHeight, ""), UnsetZero)},
	},
	{
		Kind: InputGroup, TXT: "input_group", Closing: true, NeedsChildren: true,
		Attrs: join([]AttrSpec{borderKinds(AttrLabelBorder), borderKinds(AttrInputBorder)}, sides()),
	},
	{
		Kind: ChoiceBox, TXT: "choicebox", Closing: true, Name: NameKey,
		Attrs: join([]AttrSpec{required(text(AttrQuestionText, ""))}, font(), []AttrSpec{
			color(AttrColor, "Black"), align(AlignLeft),
			flag(AttrDisplayNumber, "true"), flag(AttrMultiselect, ""),
		}, asked(text(AttrKey, ""))),
	},
	{
		Kind: Option, TXT: "option", Name: NameVisible, Parents: []Kind{ChoiceBox},
		Attrs: join([]AttrSpec{
			text(AttrBubbleValue, ""),
			lines(AttrRowIndex, ""),
		}, font(), []AttrSpec{color(AttrColor, ""), align("")}),
	},
	{
		Kind: CheckBox, TXT: "checkbox", Closing: true, NeedsChildren: true, Name: NameLabel, NameRequired: true,
		Attrs: join([]AttrSpec{
			percent("3"), flag(AttrHideName, "false"), bubbleSize(), bubbleType(BubbleSquare), align(AlignLeft),
		}, font(), []AttrSpec{
			flag(AttrMultiselect, ""), enum(AttrOrientation, GridHorizontal, GridHorizontal, GridVertical),
		}, asked(text(AttrKey, ""))),
	},
	{
		Kind: VerticalChoiceBox, TXT: "vertical_choicebox", Closing: true, NeedsChildren: true, Name: NameKey,
		Attrs: join([]AttrSpec{
			unset(percent("45"), UnsetZero), bubbleType(BubbleRound), px(AttrTopPadding, "0"), bubblePosition(),
		}, asked(text(AttrKey, ""))),
	},
	{
		Kind: Answer, TXT: "answer", Closing: true, NeedsChildren: true, Name: NameKey, Parents: []Kind{VerticalChoiceBox},
		Attrs: []AttrSpec{
			flag(AttrSelectable, "true"), bubbleType(""), bubblePosition(),
			auto(px(AttrBubbleOffsetX, "auto")), auto(px(AttrBubbleOffsetY, "auto")),
		},
	},
	{
		Kind: ScoreGroup, TXT: "score_group", Closing: true, NeedsChildren: true, Name: NameKey,
		Attrs: []AttrSpec{alias(enum(AttrScoreTypeTable, "table", "table"), "score_group_type")},
	},
	{
		Kind: ScoreQuestion, TXT: "score_question", Closing: true, NeedsChildren: true, Name: NameLabel, NameRequired: true,
		Parents: []Kind{ScoreGroup},
		Attrs: join([]AttrSpec{
			required(proportions(AttrRowProportions)),
			enum(AttrScoreDisplay, "DontDisplay", "DontDisplay", "DisplayInsideCell", "DisplayAsExtraColumn"),
		}, font()),
	},
	{
		Kind: ScoreHeader, TXT: "score_header", Name: NameVisible, NameRequired: true, Parents: []Kind{ScoreQuestion},
		Attrs: join([]AttrSpec{
			filled(enum(AttrHeaderType, "positive", "positive", "negative", "amount", "question", "content")),
			whole(AttrScore, "1", -maxCount, maxCount),
		}, font(), []AttrSpec{align(AlignLeft)}),
	},
	{
		Kind: ScoreAnswer, TXT: "score_answer", Name: NameVisible, NameRequired: true, Parents: []Kind{ScoreQuestion},
		Attrs: join([]AttrSpec{required(whole(AttrScore, "", -maxCount, maxCount))}, font(), []AttrSpec{align(AlignLeft)}),
	},
	{
		Kind: TableContent, TXT: "table_content", Name: NameVisible, NameRequired: true, Parents: []Kind{ScoreQuestion},
		Attrs: join([]AttrSpec{
			required(lines(AttrColumn, "")), required(lines(AttrRow, "")),
		}, font(), []AttrSpec{align(AlignLeft)}),
	},
	{
		Kind: Table, TXT: "table", Closing: true, NeedsChildren: true, Name: NameKey,
		Attrs: []AttrSpec{
			required(lines(AttrAnswersCount, "")),
			enum(AttrTableType, "normal", "normal", "striped", "equalCells"),
		},
	},
	{
		Kind: TableTitle, TXT: "table_title", Name: NameVisible, NameRequired: true, Parents: []Kind{Table},
		Attrs: join(font(), []AttrSpec{color(AttrColor, "Black"), color(AttrBackgroundColor, "")}, border()),
	},
	{
		Kind: TableHeader, TXT: "table_header", Closing: true, NeedsChildren: true, Parents: []Kind{Table},
		Attrs: font(),
	},
	{Kind: TableAnswer, TXT: "answer_value", Name: NameVisible, NameRequired: true, Parents: []Kind{TableHeader}},
	{
		Kind: Question, TXT: "question", Name: NameLabel, NameRequired: true, Parents: []Kind{Table},
		Attrs: asked(text(AttrKey, "")),
	},
	{
		Kind: AnswerSheet, TXT: "answer_sheet", Name: NameKey,
		Attrs: join([]AttrSpec{
			required(whole(AttrElementsCount, "0", 0, maxCount)),
			lines(AttrColumnsCount, "4"),
			count(AttrAnswersCount, "4"),
			unset(whole(AttrStartID, "", 0, maxCount), UnsetNegative),
			px(AttrVerticalMargin, "0"),
			bubbleSize(), bubbleType(BubbleRound),
			symbols(AttrAnswersList),
			column(),
			flag(AttrMultiselect, ""),
		}, asked(symbols(AttrKey))),
	},
	{
		Kind: Grid, TXT: "grid", Name: NameLabel,
		Attrs: join([]AttrSpec{
			filled(count(AttrSectionsCount, "8")), filled(count(AttrOptionsCount, "10")),
		}, matrix(), asked(text(AttrKey, ""))),
	},
	{
		Kind: CompositeGrid, TXT: "composite_grid", Name: NameLabel,
		Attrs: join([]AttrSpec{
			filled(lines(AttrColumnsCount, "5")),
			unset(symbols(AttrValues), UnsetEmpty),
			{Name: AttrExtraRow, Type: TypeSymbolRows, Unset: UnsetEmpty},
			enum(AttrRotate, "0", "0", "90", "180", "270"),
			flag(AttrDisplayHint, "true"),
		}, matrix(), asked(text(AttrKey, ""))),
	},
	{
		Kind: CustomAnswerSheet, TXT: "custom_answer_sheet", Closing: true, NeedsChildren: true, Name: NameKey,
		Attrs: join([]AttrSpec{
			required(count(AttrAmount, "")), required(lines(AttrColumnsCount, "")),
			required(proportions(AttrRowProportions)),
		}, border(), []AttrSpec{unset(whole(AttrStartID, "1", 0, maxCount), UnsetNegative)}, asked(symbols(AttrKey))),
	},
	{Kind: Header, TXT: "header", Closing: true, NeedsChildren: true, Parents: []Kind{CustomAnswerSheet}},
	{
		Kind: Column, TXT: "column", Name: NameVisible, NameRequired: true, Parents: []Kind{Header},
		Attrs: join(font(), []AttrSpec{align(AlignLeft), contentType()}),
	},
	{
		Kind: CustomRow, TXT: "custom_row", Closing: true, NeedsChildren: true, Parents: []Kind{CustomAnswerSheet},
	},
	{
		Kind: BubbleArray, TXT: "bubble_array", Name: NameKey, Parents: []Kind{CustomRow},
		Attrs: join([]AttrSpec{
			required(symbols(AttrAnswersList)), bubbleSize(), bubbleType(BubbleRound),
		}, font(), []AttrSpec{alias(symbols(AttrRecognitionValues), "recognition_values")}),
	},
	{
		Kind: CustomTrigger, TXT: "custom_trigger", Name: NameKey, Parents: []Kind{CustomRow},
		Attrs: []AttrSpec{
			required(text(AttrValue, "")), required(text(AttrTarget, "")),
			enum(AttrTriggerType, "ReplaceValue", "ReplaceValue"), bubbleSize(), bubbleType(BubbleRound),
		},
	},
	{
		Kind: Barcode, TXT: "barcode", Name: NameKey,
		Attrs: []AttrSpec{
			required(text(AttrValue, "")),
			enum(AttrBarcodeType, "QR", BarcodeTypes()...),
			auto(whole(AttrQRVersion, "auto", 1, 40)),
			flag(AttrCodetext, "false"),
			align(AlignCenter),
			{Name: AttrHeight, Type: TypePx, Min: 1, Max: maxPx, Unset: UnsetNegative},
			place(AttrX), place(AttrY),
			whole(AttrRotationAngle, "0", -maxPx, maxPx),
		},
	},
	{
		Kind: WriteIn, TXT: "write_in", Name: NameKey,
		Attrs: []AttrSpec{
			flag(AttrRequired, "false"), text(AttrHint, "write-in"), color(AttrColor, "Black"), flag(AttrAdaptive, "false"),
		},
	},
	{
		Kind: TextInput, TXT: "text_input", Name: NameKey,
		Attrs: []AttrSpec{
			required(lines(AttrLength, "")), enum(AttrInputType, "numbers", "numbers", "letters"),
			enum(AttrCellSize, "normal", "normal", "large", "extralarge"),
		},
	},
	{
		Kind: FreeTextInput, TXT: "free_text_input", Name: NameKey,
		Attrs: []AttrSpec{px(AttrLineHeight, "150")},
	},
}
