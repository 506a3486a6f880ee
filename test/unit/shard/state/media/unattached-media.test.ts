import { expect, test } from 'vitest'
import type { UserId } from '../../../../../protocol/ids.ts'
import { UnattachedMedia } from '../../../../../shard/state/media/unattached-media.ts'

const [alice, bob] = [1 as UserId, 2 as UserId]

function medium(id: string, expiresAtMs: number) {
  return { media: { id, kind: 'photo', width: 1, height: 1 }, bytes: 1, expiresAtMs }
}

test('an upload ends by the clock of who serves, and for everybody by the log', () => {
  let logTimeMs = 0
  const uploads = new UnattachedMedia(() => logTimeMs)
  uploads.put(alice, medium('b', 100))
  uploads.put(alice, medium('a', 200))
  uploads.put(bob, medium('c', 100))
  expect(uploads.find(alice, 'b', 99)).toBeDefined()
  expect(uploads.find(alice, 'b', 100)).toBeUndefined()
  expect(uploads.find(bob, 'a', 1), 'that of somebody else').toBeUndefined()
  const ids = () => uploads.listOf(alice).map(({ media }) => media.id)
  expect(ids(), 'the clock changes nothing').toEqual(['a', 'b'])
  logTimeMs = 100
  const before = ids()
  uploads.sweep()
  expect(ids(), 'nor does a sweep').toEqual(before)
  expect(before).toEqual(['a'])
  expect(uploads.listOf(bob)).toEqual([])
  uploads.forget(alice)
  expect(ids()).toEqual([])
})
