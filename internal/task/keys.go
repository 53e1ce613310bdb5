package task

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Blobs lie side by side under task/: a file bucket takes empty folders away, so
// that a folder a task would cost two more waits for the disk.
//
//	task/ID.payload            what was submitted
//	task/ID.3.0, ID.3.1 …      the result files of attempt 3
//	task/ID.3.outcome          their list, written last
//
// What a superseded attempt still writes never meets the result of a later one.

const blobRoot = "task/"

func payloadKey(id string) string { return blobRoot + id + ".payload" }

func outcomeKey(id string, attempt int) string { return resultKey(id, attempt, "outcome") }

func fileKey(id string, attempt, n int) string { return resultKey(id, attempt, strconv.Itoa(n)) }

func resultKey(id string, attempt int, part string) string {
	return blobRoot + id + "." + strconv.Itoa(attempt) + "." + part
}

// blob is what a key says: whose it is, and of which attempt (0: the payload).
type blob struct {
	id      string
	attempt int
}

// parseKey is the inverse of the above; ok is false for a key that is none of ours.
func parseKey(key string) (b blob, ok bool) {
	name, ok := strings.CutPrefix(key, blobRoot)
	if !ok {
		return blob{}, false
	}
	id, part, _ := strings.Cut(name, ".")
	if strings.Contains(id, "/") {
		return blob{}, false
	}
	if key == payloadKey(id) {
		return blob{id: id}, true
	}
	number, part, _ := strings.Cut(part, ".")
	attempt, err := strconv.Atoi(number)
	if err != nil || attempt < 1 || key != resultKey(id, attempt, part) {
		return blob{}, false
	}
	return blob{id: id, attempt: attempt}, true
}

// deleteResult removes what an attempt wrote, the document first: it stops being
// a result before it stops being whole.
func (s *Service) deleteResult(ctx context.Context, id string, attempt, files int) error {
	errs := []error{s.bucket.Delete(ctx, outcomeKey(id, attempt))}
	for n := range files {
		errs = append(errs, s.bucket.Delete(ctx, fileKey(id, attempt, n)))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("delete results of task %s: %w", id, err)
	}
	return nil
}

// deletePayload removes what was submitted.
func (s *Service) deletePayload(ctx context.Context, id string) error {
	if err := s.bucket.Delete(ctx, payloadKey(id)); err != nil {
		return fmt.Errorf("delete payload of task %s: %w", id, err)
	}
	return nil
}
