import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../../protocol/ids.ts'
import { MessagePackReader } from '../../../../../protocol/message-pack-reader.ts'
import type { Card } from '../../../../../shard/state/users/users.ts'
import { Users } from '../../../../../shard/state/users/users.ts'
import { idOf } from '../seeded.ts'

const ada = idOf({ ms: 1_000, partition: 3 }) as UserId
const bob = idOf({ ms: 1_001, partition: 3 }) as UserId

const cardOf = (id: UserId, more: Partial<Card> = {}): Card => ({
  id,
  handle: 'Ada',
  name: 'Ada L.',
  bio: '',
  createdAt: 5,
  protected: false,
  ...more,
})

describe('users', () => {
  test('somebody can be mentioned before their card comes: they count, and are not found yet', () => {
    const users = new Users()
    const index = users.index.intern(ada)
    users.followers.add(index, 1)
    expect(users.isKnown(index)).toBe(false)
    expect(users.find(ada)).toBe(-1)
    users.setCard(cardOf(ada))
    expect(users.find(ada)).toBe(index)
    expect(users.idOf(index)).toBe(ada)
    expect(users.followers.get(index)).toBe(1)
  })

  test('a handle is found in any case, and nobody is found by another one', () => {
    const users = new Users()
    users.setCard(cardOf(ada))
    const index = users.find(ada)
    for (const handle of ['Ada', 'ada', 'ADA']) expect(users.findHandle(handle)).toBe(index)
    for (const handle of ['', 'bob', 'ada ', 'a'.repeat(99), 'ädä']) {
      expect(users.findHandle(handle)).toBe(-1)
    }
  })

  test('a handle that somebody has cannot become that of somebody else', () => {
    const users = new Users()
    users.setCard(cardOf(ada))
    expect(() => users.setCard(cardOf(bob, { handle: 'aDA' }))).toThrow('handle')
  })

  test('a card is kept ready to be copied, and replaced where it changes', () => {
    const users = new Users()
    users.setCard(cardOf(ada))
    const index = users.find(ada)
    expect(entriesOf(users.card(index))).toEqual({ id: ada, handle: 'Ada', name: 'Ada L.' })
    users.setCard(cardOf(ada, { name: 'Ada Lovelace', avatarUrl: 'https://example.com/ada.png' }))
    expect(users.find(ada)).toBe(index)
    expect(users.card(index)[0]).toBe(7)
    expect(entriesOf(users.card(index))).toMatchObject({ name: 'Ada Lovelace' })
    expect(users.findHandle('ada')).toBe(index)
  })

  test('say how much memory they take, and take more with more users', () => {
    const users = new Users()
    const empty = users.bytes
    for (let number = 0; number < 1_000; number++) {
      const id = idOf({ ms: 2_000 + number, partition: 3 }) as UserId
      users.setCard(cardOf(id, { handle: `user_${number}` }))
    }
    expect(users.bytes).toBeGreaterThan(empty + 1_000 * 60)
  })
})

/** The first three entries of a card. */
function entriesOf(card: Uint8Array): Record<string, unknown> {
  const reader = new MessagePackReader(card.subarray(1))
  const id = [reader.text(), reader.number()]
  return Object.fromEntries([id, [reader.text(), reader.text()], [reader.text(), reader.text()]])
}
