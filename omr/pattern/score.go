package pattern

import "fmt"

// scoreGroup reads questions of criteria of bubbles that score.
func (r *reader) scoreGroup(e *Element, f *fields, p *Page) error {
	e.Box = f.looseBox()
	list := f.list("Questions")
	if f.err != nil {
		return f.err
	}
	if isEmpty(list) {
		f.fail("Questions", "holds no question", "at least one")
		return f.err
	}
	for i, raw := range items(list) {
		path := fmt.Sprintf("%s[%d]", f.at("Questions"), i)
		if raw[0] != '{' {
			return invalid(path, f.name, "is "+kindOf(raw), "an object")
		}
		o := readObject(raw)
		q := fields{o: &o, path: path, name: f.name}
		question := ScoreQuestion{Name: q.text("Name"), Box: q.looseBox()}
		answers := q.list("ScoreAnswers")
		if q.err != nil {
			return q.err
		}
		if isEmpty(answers) {
			q.fail("ScoreAnswers", "holds no criterion", "at least one")
			return q.err
		}
		for j, raw := range items(answers) {
			a := fields{path: fmt.Sprintf("%s[%d]", q.at("ScoreAnswers"), j), name: f.name}
			answer, err := r.scoreAnswer(raw, &a, p)
			if err != nil {
				return err
			}
			question.Answers = append(question.Answers, answer)
		}
		question.extra = o.rest()
		e.Questions = append(e.Questions, question)
	}
	return nil
}

func (r *reader) scoreAnswer(raw []byte, f *fields, p *Page) (ScoreAnswer, error) {
	if raw[0] != '{' {
		return ScoreAnswer{}, invalid(f.path, f.name, "is "+kindOf(raw), "an object")
	}
	o := readObject(raw)
	f.o = &o
	out := ScoreAnswer{Name: f.text("Name"), Box: f.looseBox()}
	list := f.list("Bubbles")
	w, h := f.bubbleSize(p, 0, 0)
	if f.err != nil {
		return out, f.err
	}
	n, err := r.count(list, f, "Bubbles")
	if err != nil {
		return out, err
	}
	out.Bubbles = make([]ScoreBubble, n)
	path := f.at("Bubbles")
	for i, raw := range items(list) {
		b := fields{path: path, item: true, index: i, name: f.name}
		bubble, err := b.bubble(raw, p, w, h)
		if err != nil {
			return out, err
		}
		s := ScoreBubble{Bubble: bubble, Positive: b.flag("IsPositive", true)}
		s.Score, _ = b.integer("Score", -maxCoordinate, maxCoordinate)
		if b.err != nil {
			return out, b.err
		}
		s.extra = b.o.rest()
		out.Bubbles[i] = s
	}
	out.extra = o.rest()
	return out, nil
}
