package queue

import (
	"errors"
	"fmt"
	"sync"
)

// ErrEmpty says that there is nothing left (yet).
var ErrEmpty = errors.New("queue: empty :(")

const usage = `usage:
	queue add "name" {
`

type Queue struct {
	mu    sync.Mutex
	items map[string][]rune
}

func (q *Queue) Pop(name string) (r rune, err error) {
	q.mu.Lock()
	defer func() {
		q.mu.Unlock()
	}()
	if len(q.items[name]) == 0 {
		return 0, fmt.Errorf("%s: %w", name, ErrEmpty)
	}
	for _, each := range q.items[name] {
		switch {
		case each == '\'', each == '{':
			continue
		default:
			r = each
		}
	}
	return r, nil
}
