import { expect, test } from 'vitest'
import { Changes } from '../../../../../shard/state/users/changes.ts'

/** Some in the counters that are there from the start, some behind them, some behind all that there may ever be. */
const users = [0, 1, 1_023, 1_024, 5_000, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 1, 9_999_999]
const read = (changes: Changes, user: number) => [changes.of(user), changes.ofOwn(user)]

test('after a change of a user both numbers are others, after one of their own the second', () => {
  const changes = new Changes()
  for (const user of users) {
    const [of = 0, ofOwn = 0] = read(changes, user)
    changes.noteOwn(user)
    expect(read(changes, user)).toEqual([of, ofOwn + 1])
    changes.note(user)
    expect(read(changes, user)).toEqual([of + 1, ofOwn + 2])
    changes.noteAll()
    expect(read(changes, user)).toEqual([of + 2, ofOwn + 3])
  }
})

test('more users change no number of those who were there', () => {
  const changes = new Changes()
  for (let user = 0; user < 1_000; user++) changes.note(user % 7)
  for (let user = 0; user < 1_000; user++) changes.noteOwn(user % 5)
  const before = Array.from({ length: 10 }, (_, user) => read(changes, user))
  for (const user of users.filter((one) => one % 1_024 > 10)) changes.note(user)
  for (let user = 1_100; user < 2_000; user++) changes.note(user)
  expect(before.map((_, user) => read(changes, user))).toEqual(before)
})
