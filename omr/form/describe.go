package form

// Description is what people are told about a kind of element.
type Description struct {
	// Summary says in one sentence what the element is for.
	Summary string
	// Name says what the text right of "=" (TXT) or the property name (JSON) means.
	Name string
	// Example is a small whole form in TXT markup that uses the element.
	Example string
}

// Describe is the description of a kind: the source of the element reference, of
// the JSON Schema and of the help in editors. Kinds outside of Kinds give none.
func Describe(k Kind) Description { return descriptions[k] }

// DescribeAttr says in one sentence what attribute a of kind k does; "" when the
// kind has no such attribute.
func DescribeAttr(k Kind, a Attr) string {
	if s, ok := Lookup(k); ok {
		if _, ok := s.Attr(string(a)); ok {
			if text, ok := attrsOfKind[k][a]; ok {
				return text
			}
			return attrTexts[a]
		}
	}
	return ""
}

const (
	nameComment = "A comment: it is neither drawn nor read."
	nameVisible = "The text that is drawn."
)

// descriptions follow spec/markup.md 10, in the order of Kinds.
var descriptions = map[Kind]Description{
	Template: {
		Summary: "The whole form; only JSON writes it down, as the root.",
		Name:    "A comment: it is allowed and means nothing.",
		Example: "?text=A form of one page\n",
	},
	Page: {
		Summary: "One sheet side; a TXT form that has no page is one page.",
		Name:    nameComment,
		Example: "?page=front\n?text=First side\n&page\n?page=back\n?text=Second side\n&page\n",
	},
	Container: {
		Summary: "Arranges blocks in columns, or is the footer of the page; it is not visible itself.",
		Name:    nameComment,
		Example: "?container=head\n\tcolumns_proportions=70%-30%\n?block=\n\tcolumn=1\n?content=Rowing club\n&block\n?block=\n\tcolumn=2\n?content=Season 12\n&block\n&container\n",
	},
	Block: {
		Summary: "A box in a column of a container, with border, background and paddings if wanted.",
		Name:    "A comment; the name of the picture when the block is clipped out.",
		Example: "?container=\n?block=\n\tborder=rounded\n\tbackground_color=LightGray\n?content=Please write clearly\n&block\n&container\n",
	},
	PositionedBlock: {
		Summary: "An invisible box at fixed coordinates of the page, outside of the flow.",
		Name:    nameComment,
		Example: "?positioned_block=stamp\n\tx=1400\n\ty=260\n\twidth=600\n?content=Stamp here\n&positioned_block\n",
	},
	Text: {
		Summary: "Free text of one or more lines, directly on the page.",
		Name:    nameVisible + " In TXT further lines follow without a TAB.",
		Example: "?text=Swimming club\nSeason 12\n\tfont_size=15\n\talign=center\n",
	},
	Content: {
		Summary: "Text inside of another element: a line in a block, a caption, a cell.",
		Name:    nameVisible + " Blanks at its ends are kept.",
		Example: "?container=\n?block=\n?content=Date of birth\n\tfont_style=Bold\n?content=        \n\tcontent_type=cells\n&block\n&container\n",
	},
	Paragraph: {
		Summary: "Joins texts and pictures: below each other, on one line, or with text around a picture.",
		Name:    nameComment,
		Example: "?paragraph=\n\ttype=inline\n?content=Please mark\n?content=one\n\tfont_style=Bold\n?content=answer a line.\n&paragraph\n",
	},
	Image: {
		Summary: "A picture that is sent along with the form.",
		Name:    "The name under which the picture is sent along.",
		Example: "?image=crest.png\n\twidth=300\n\talign=center\n",
	},
	EmptyLine: {
		Summary: "Vertical space; in TXT a blank line between elements is one of default height.",
		Name:    nameComment + " It does not set the height.",
		Example: "?text=Above\n?empty_line=\n\theight=120\n?text=Below\n",
	},
	InputGroup: {
		Summary: "A label and a field side by side, such as the name of a person; it is never read.",
		Name:    nameComment,
		Example: "?input_group=member\n\tinput_border=square\n?content=Member\n?content=A. Sample\n&input_group\n",
	},
	ChoiceBox: {
		Summary: "A numbered question with bubbles for its answers; in TXT a line that starts with # is the short form.",
		Name:    "TXT: the text of the question. JSON: the key of the result row, Question and its number when there is none.",
		Example: "#How often do you row?\n\t() Weekly () Monthly\n\t() Rarely\n",
	},
	Option: {
		Summary: "One answer of a choicebox that is written in the long form.",
		Name:    "The text beside the bubble.",
		Example: "?choicebox=Shirt size\n\t?option=Small\n\t\tbubble_value=S\n\t?option=Large\n\t\trow_index=1\n&choicebox\n",
	},
	CheckBox: {
		Summary: "A label and boxes that a light tick marks.",
		Name:    "The label, and the key of the result row.",
		Example: "?checkbox=Diet\n?content=Vegan\n?content=Low-salt\n&checkbox\n",
	},
	VerticalChoiceBox: {
		Summary: "Answers below each other, each with a blank bubble; an answer may hold a field for handwriting.",
		Name:    "The key of the result row; it is not drawn.",
		Example: "?container=\n?block=\n?vertical_choicebox=Lunch\n?answer=soup\n?content=Soup of the day\n&answer\n?answer=other\n?content=Something else\n?write_in=lunch_other\n&answer\n&vertical_choicebox\n&block\n&container\n",
	},
	Answer: {
		Summary: "One answer of a vertical_choicebox: a bubble and what stands beside it.",
		Name:    "The value of the result row when the answer is marked; it is not drawn.",
		Example: "?container=\n?block=\n?vertical_choicebox=Ticket\n?answer=day\n?content=Day ticket\n&answer\n?answer=year\n?content=Season ticket\n&answer\n&vertical_choicebox\n&block\n&container\n",
	},
	ScoreGroup: {
		Summary: "Tables of criteria; the scores of the marked ones are added up.",
		Name:    "The key of the grand total, with _total behind it; it is not drawn.",
		Example: "?score_group=Review\n?score_question=Clarity\n\trow_proportions=60%-20%-20%\n?score_header=Yes\n\theader_type=positive\n?score_header=No\n\theader_type=negative\n?score_answer=Words are plain\n\tscore=2\n?score_answer=Pictures help\n\tscore=3\n&score_question\n&score_group\n",
	},
	ScoreQuestion: {
		Summary: "One table of a score_group: a question, its columns and its criteria.",
		Name:    "The text of the question, and the key of its result rows.",
		Example: "?score_group=Visit\n?score_question=Rooms\n\trow_proportions=70%-30%\n\tscore_display=DisplayInsideCell\n?score_header=Seen\n?score_answer=Kitchen is clean\n\tscore=5\n&score_question\n&score_group\n",
	},
	ScoreHeader: {
		Summary: "The heading of a column of a score_question, and what the column holds.",
		Name:    nameVisible,
		Example: "?score_group=Visit\n?score_question=Rooms\n\trow_proportions=60%-20%-20%\n?score_header=Once\n\theader_type=positive\n?score_header=Twice\n\theader_type=positive\n\tscore=2\n?score_answer=Kitchen is clean\n\tscore=5\n&score_question\n&score_group\n",
	},
	ScoreAnswer: {
		Summary: "A criterion of a score_question, with its score.",
		Name:    "The text of the criterion, and the value of the result row when it is marked.",
		Example: "?score_group=Visit\n?score_question=Garden\n\trow_proportions=70%-30%\n?score_header=Seen\n?score_answer=Paths are swept\n\tscore=4\n&score_question\n&score_group\n",
	},
	TableContent: {
		Summary: "A text in a cell of a score_question, in a column of type content.",
		Name:    nameVisible,
		Example: "?score_group=Visit\n?score_question=Rooms\n\trow_proportions=50%-20%-30%\n?score_header=Seen\n?score_header=Hint\n\theader_type=content\n?score_answer=Kitchen is clean\n\tscore=5\n?table_content=Look below the sink\n\tcolumn=3\n\trow=1\n&score_question\n&score_group\n",
	},
	Table: {
		Summary: "Questions as rows and common answers as columns; one result row a question.",
		Name:    "A comment that tells tables apart: it is neither drawn nor read.",
		Example: "?container=\n?block=\n?table=service\n\tanswers_count=2\n?table_header=\n?content=How was it?\n?answer_value=Good\n?answer_value=Bad\n&table_header\n?question=Food\n?question=Staff\n&table\n&block\n&container\n",
	},
	TableTitle: {
		Summary: "A line above a table, with border and background of its own.",
		Name:    nameVisible,
		Example: "?container=\n?block=\n?table=service\n\tanswers_count=1\n?table_title=Checklist\n\tfont_style=Bold\n?table_header=\n?content=Step\n?answer_value=Done\n&table_header\n?question=Lights off\n&table\n&block\n&container\n",
	},
	TableHeader: {
		Summary: "The first row of a table: the caption of the questions, then those of the answers.",
		Name:    nameComment,
		Example: "?container=\n?block=\n?table=service\n\tanswers_count=2\n?table_header=\n\tfont_style=Italic\n?content=How was it?\n?answer_value=Good\n?answer_value=Bad\n&table_header\n?question=Food\n&table\n&block\n&container\n",
	},
	TableAnswer: {
		Summary: "The caption of an answer column of a table.",
		Name:    "The caption, and the value of the result row when a bubble below it is marked.",
		Example: "?container=\n?block=\n?table=service\n\tanswers_count=3\n?table_header=\n?content=How was it?\n?answer_value=Good\n?answer_value=Fair\n?answer_value=Bad\n&table_header\n?question=Food\n&table\n&block\n&container\n",
	},
	Question: {
		Summary: "A row of a table.",
		Name:    "The text of the question, and the key of its result row.",
		Example: "?container=\n?block=\n?table=service\n\tanswers_count=2\n?table_header=\n?content=How was it?\n?answer_value=Good\n?answer_value=Bad\n&table_header\n?question=Food\n?question=Staff\n&table\n&block\n&container\n",
	},
	AnswerSheet: {
		Summary: "Numbered lines of bubbles in columns, such as the answers of a test.",
		Name:    "What the keys of the result rows start with; the number of the line follows. It is not drawn.",
		Example: "?answer_sheet=Q\n\telements_count=40\n\tcolumns_count=4\n\tanswers_count=5\n",
	},
	Grid: {
		Summary: "A number in digits: a column of bubbles for each, such as a student's number.",
		Name:    "The label, and the key of the result row.",
		Example: "?grid=Badge\n\tsections_count=4\n\toptions_count=10\n",
	},
	CompositeGrid: {
		Summary: "A grid with symbols of your choice, one mark a symbol, and extra lines of bubbles.",
		Name:    "The label, and the key of the result row.",
		Example: "?composite_grid=Sum\n\tcolumns_count=3\n\tvalues=(0)(1)(2)\n\textra_row=(+)()(-)\n",
	},
	CustomAnswerSheet: {
		Summary: "A ruled table of answers of which you choose the cells of a row.",
		Name:    "What the keys of the result rows start with; _ and the number of the row follow. It is not drawn.",
		Example: "?custom_answer_sheet=C\n\tamount=4\n\tcolumns_count=1\n\trow_proportions=20%-80%\n?header=\n?column=No.\n?column=Answer\n&header\n?custom_row=row%index%\n?content=%index%\n?bubble_array=b%index%\n\tanswers_list=(A)(B)(C)\n&custom_row\n&custom_answer_sheet\n",
	},
	Header: {
		Summary: "The headings of a custom_answer_sheet; it is its first child.",
		Name:    nameComment,
		Example: "?custom_answer_sheet=C\n\tamount=2\n\tcolumns_count=1\n\trow_proportions=20%-80%\n?header=\n?column=No.\n?column=Answer\n&header\n?custom_row=row%index%\n?content=%index%\n?bubble_array=b%index%\n\tanswers_list=(A)(B)\n&custom_row\n&custom_answer_sheet\n",
	},
	Column: {
		Summary: "The heading of a column of a custom_answer_sheet.",
		Name:    nameVisible,
		Example: "?custom_answer_sheet=C\n\tamount=2\n\tcolumns_count=2\n\trow_proportions=100%\n?header=\n?column=Answer\n\talign=center\n&header\n?custom_row=row%index%\n?bubble_array=b%index%\n\tanswers_list=(A)(B)\n&custom_row\n&custom_answer_sheet\n",
	},
	CustomRow: {
		Summary: "The row of a custom_answer_sheet, drawn as often as amount says; %index% in it is the number of the row.",
		Name:    "A comment that tells rows apart.",
		Example: "?custom_answer_sheet=C\n\tamount=3\n\tcolumns_count=1\n\trow_proportions=30%-70%\n?header=\n?column=No.\n?column=Answer\n&header\n?custom_row=row%index%\n?content=Item %index%\n?bubble_array=b%index%\n\tanswers_list=(1)(2)(3)\n&custom_row\n&custom_answer_sheet\n",
	},
	BubbleArray: {
		Summary: "The bubbles of a row of a custom_answer_sheet.",
		Name:    "What a custom_trigger aims at; it is not drawn.",
		Example: "?custom_answer_sheet=C\n\tamount=2\n\tcolumns_count=1\n\trow_proportions=100%\n?header=\n?column=Mood\n&header\n?custom_row=row%index%\n?bubble_array=b%index%\n\tanswers_list=(A)(B)(C)\n\tbubble_size=Small\n&custom_row\n&custom_answer_sheet\n",
	},
	CustomTrigger: {
		Summary: "A bubble in a row of a custom_answer_sheet that replaces the value of the row, such as \"not seen\".",
		Name:    "A comment that tells triggers apart.",
		Example: "?custom_answer_sheet=C\n\tamount=2\n\tcolumns_count=1\n\trow_proportions=70%-30%\n?header=\n?column=Answer\n?column=None\n&header\n?custom_row=row%index%\n?bubble_array=b%index%\n\tanswers_list=(A)(B)\n?custom_trigger=none\n\tvalue=none\n\ttarget=b%index%\n&custom_row\n&custom_answer_sheet\n",
	},
	Barcode: {
		Summary: "A code that is printed and read back.",
		Name:    "The key of the result row; it is not drawn.",
		Example: "?barcode=MemberCode\n\tvalue=M-0042\n\tbarcode_type=Code128\n\tcodetext=true\n",
	},
	WriteIn: {
		Summary: "A field for handwriting, returned as a picture.",
		Name:    "The name of the picture; it is not drawn.",
		Example: "?container=\n?block=\n?write_in=remarks\n\trequired=true\n\thint=remarks\n&block\n&container\n",
	},
	TextInput: {
		Summary: "A box a character for handwriting, returned as a picture.",
		Name:    "The name of the picture; it is not drawn.",
		Example: "?text_input=zip\n\tlength=5\n\tinput_type=numbers\n",
	},
	FreeTextInput: {
		Summary: "A framed line for handwriting, returned as a picture.",
		Name:    "The name of the picture; it is not drawn.",
		Example: "?free_text_input=street\n\tline_height=150\n",
	},
}

// attrTexts say what an attribute does wherever nothing else is said.
var attrTexts = map[Attr]string{
	AttrAdaptive:              "Takes the height that is left in a parent of fixed height.",
	AttrAlign:                 "Where the element stands between the edges of its parent.",
	AttrAmount:                "The number of rows.",
	AttrAnswersCount:          "The number of answers.",
	AttrAnswersList:           "The symbols of the bubbles.",
	AttrBackgroundColor:       "The colour behind the element; none and transparent leave the paper.",
	AttrBarcodeType:           "The kind of code.",
	AttrBlockBottomMargin:     "The space below each block, in px.",
	AttrBlockRightMargin:      "The space right of each column, in px.",
	AttrBlockTopPadding:       "The space between the top edge of a block and its content, in px.",
	AttrBorder:                "The border of the box; none draws no side at all.",
	AttrBorderBottomStyle:     "Width and colour of the bottom side instead of the border's own, or none.",
	AttrBorderColor:           "The colour of the border.",
	AttrBorderLeftStyle:       "Width and colour of the left side instead of the border's own, or none.",
	AttrBorderRightStyle:      "Width and colour of the right side instead of the border's own, or none.",
	AttrBorderSize:            "The width of the border, in px.",
	AttrBorderTopStyle:        "Width and colour of the top side instead of the border's own, or none.",
	AttrBubbleOffsetX:         "The place of the bubble from the left edge of the answer, in px.",
	AttrBubbleOffsetY:         "The place of the bubble from the top edge of the answer, in px.",
	AttrBubblePosition:        "The side of the text on which the bubbles stand.",
	AttrBubbleSize:            "The size of the bubbles instead of the page setting's.",
	AttrBubbleType:            "The shape of the bubbles.",
	AttrBubbleValue:           "The symbol in the bubble, which is its value in the result: one character, yes or no; the next letter when there is none.",
	AttrCellSize:              "The size of the boxes.",
	AttrCodetext:              "Prints the encoded text below the code.",
	AttrColor:                 "The colour of the text.",
	AttrColumn:                "The column of the container, from 1.",
	AttrColumnsCount:          "The number of columns.",
	AttrColumnsProportions:    "The widths of the columns in percent, instead of equal ones; together 100 or less.",
	AttrContainerType:         "Whether the container stands in the flow or is the footer of the page.",
	AttrContentType:           "Whether the text is drawn plainly or in cells, a box a character.",
	AttrDisplayHint:           "Draws the label.",
	AttrDisplayNumber:         "Draws the number of the question; a hidden one counts all the same.",
	AttrElementsCount:         "The number of lines.",
	AttrExtraRow:              "A line of bubbles before the common ones, with a symbol for each position; an empty one leaves the place free.",
	AttrFontFamily:            "The font family.",
	AttrFontSize:              "The size of the text, in points.",
	AttrFontStyle:             "The style of the text: one, or several together.",
	AttrHeaderBorderColor:     "The colour of the boxes for writing the symbols by hand.",
	AttrHeaderBorderSize:      "The line width of the boxes for writing the symbols by hand, in px.",
	AttrHeaderType:            "The boxes for writing the symbols by hand: a line below, or a frame.",
	AttrHeight:                "The height, in px; as much as is needed when there is none.",
	AttrHideName:              "Leaves the label away; it stays the key of the result row.",
	AttrHint:                  "The small text below the line.",
	AttrHorizontalPadding:     "The space between the left and right edges and the content, in px.",
	AttrInputBorder:           "The border of the field.",
	AttrInputType:             "The characters that may be written.",
	AttrIsClipped:             "Returns the picture of the box with the results.",
	AttrLabelBorder:           "The border of the label.",
	AttrLeftMargin:            "The left margin of this page, in px, instead of the page setting's.",
	AttrLength:                "The number of boxes.",
	AttrLineHeight:            "The height of the frame, in px.",
	AttrMultiselect:           "Whether several marks are an answer; when not, they are reported as an error in the result.",
	AttrOptionsCount:          "The number of bubbles a digit, from 0.",
	AttrOrientation:           "Whether each symbol is a column of bubbles (horizontal) or a row (vertical).",
	AttrOverflow:              "What becomes of content that does not fit: drawn beyond the box, cut, or moved to the next column.",
	AttrPaperSize:             "The paper of this page instead of the page setting's.",
	AttrParagraphType:         "How the children stand: below each other, around a picture, or on one line.",
	AttrQRVersion:             "The version of a QR code, which is its size; auto takes the least that fits.",
	AttrQuestionText:          "The text of the question; in TXT it is the name of the element.",
	AttrRecognitionValues:     "The values in the result instead of the symbols, as many.",
	AttrRequired:              "Whether the field must be answered.",
	AttrRightMargin:           "The right margin of this page, in px, instead of the page setting's.",
	AttrRotate:                "Turns the finished element clockwise, in degrees.",
	AttrRotationAngle:         "Turns the code clockwise, in degrees.",
	AttrRotationPointPosition: "The place of the rotation marker on this page.",
	AttrRow:                   "The row of criteria, from 1.",
	AttrRowIndex:              "The row of answers, from 1; a new one when there is none.",
	AttrRowProportions:        "The widths of the cells of a row in percent; together 100 or less.",
	AttrScore:                 "The score.",
	AttrScoreDisplay:          "Whether and where the scores are printed.",
	AttrScoreTypeTable:        "The layout of the group; there is one.",
	AttrSectionsCount:         "The number of digits.",
	AttrSelectable:            "Whether the answer has a bubble.",
	AttrStartID:               "The number of the first line; the numbering of the form goes on when there is none.",
	AttrSyncChildrenHeight:    "Gives blocks that start side by side the height of the tallest.",
	AttrTableType:             "How the table looks: plain, with shaded rows, or with cells of equal width.",
	AttrTarget:                "The bubble_array, result row or write_in that the trigger acts on.",
	AttrThreshold:             "How much of a box must be dark to be a mark, in percent.",
	AttrTopPadding:            "The space above the first answer, in px.",
	AttrTriggerType:           "What the trigger does; there is one way.",
	AttrValue:                 "The text that is encoded.",
	AttrValues:                "The symbols that every position has.",
	AttrVerticalAlign:         "Where smaller children stand on an inline line.",
	AttrVerticalMargin:        "Extra space between lines of bubbles, in px.",
	AttrVerticalPadding:       "The space between the top and bottom edges and the content, in px.",
	AttrWidth:                 "The width, in px.",
	AttrX:                     "The left edge on the page, in px.",
	AttrY:                     "The top edge on the page, in px.",

	// Attributes of ours: off unless a form uses them.
	AttrKey:    "The right answer, as the result row carries it; on sheets one group a line, of which () is not graded.",
	AttrPoints: "What the right answer is worth; 1 when there is a key and nothing else is said.",
	AttrSelect: "How many marks make an answer: one, many, N (at most) or N-M.",
}

// attrsOfKind say what an attribute does where it is something of its own.
var attrsOfKind = map[Kind]map[Attr]string{
	Page: {AttrOrientation: "Whether this page stands upright (Vertical) or lies (Horizontal)."},
	CheckBox: {
		AttrOrientation: "Whether the boxes stand side by side or below each other.",
		AttrFontFamily:  "The font family of the label.",
		AttrFontSize:    "The size of the label, in points.",
		AttrFontStyle:   "The style of the label: one, or several together.",
	},
	AnswerSheet: {
		AttrAnswersCount: "The number of bubbles a line.",
		AttrAnswersList:  "The symbols of a line instead of A, B, C; as many as answers_count.",
	},
	Table:         {AttrAnswersCount: "The number of answer columns."},
	CompositeGrid: {AttrColumnsCount: "The number of symbols in the answer."},
	CustomAnswerSheet: {
		AttrColumnsCount: "The number of tables side by side.",
		AttrStartID:      "The number of the first row.",
	},
	ScoreHeader: {
		AttrHeaderType: "What the column holds: bubbles that add or do not add, the scores, the criteria, or texts.",
		AttrScore:      "What the scores of the column are multiplied by.",
		AttrAlign:      "Where the text stands in its cell.",
	},
	ScoreAnswer:  {AttrScore: "The weight of the criterion.", AttrAlign: "Where the text stands in its cell."},
	TableContent: {AttrColumn: "The column of the table, from 1; it is of type content.", AttrAlign: "Where the text stands in its cell."},
	Text:         {AttrAlign: "Where each line of the text stands."},
	Content:      {AttrAlign: "Where the text stands."},
	ChoiceBox:    {AttrAlign: "Where the question and its rows of answers stand.", AttrColor: "The colour of the question and its answers."},
	Option:       {AttrAlign: "Where the answer stands.", AttrColor: "The colour of the answer."},
	Column:       {AttrAlign: "Where the heading stands in its cell."},
	Image: {
		AttrWidth:  "The width, in px; as the picture has it, or after the height, when there is none.",
		AttrHeight: "The height, in px; as the picture has it, or after the width, when there is none.",
		AttrX:      "The left edge on the page, in px; it overrides align.",
	},
	EmptyLine: {AttrHeight: "The height, in px; one line of text when there is none."},
	Block:     {AttrHeight: "The height of the box, in px, paddings included; as much as its content needs when there is none."},
	Barcode: {
		AttrHeight: "The height of the bars, or the side of a square code, in px, without the text.",
		AttrX:      "The left edge on the page, in px; it overrides align.",
	},
	BubbleArray: {
		AttrFontFamily: "The font family of the symbols.",
		AttrFontSize:   "The size of the symbols, in points.",
		AttrFontStyle:  "The style of the symbols: one, or several together.",
	},
	CustomTrigger: {AttrValue: "What the result row says when the trigger is marked."},
	WriteIn: {
		AttrRequired: "Returns the picture always, not only with a marked answer.",
		AttrColor:    "The colour of the hint.",
	},
}
