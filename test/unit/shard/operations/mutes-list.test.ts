import { expect, test } from 'vitest'
import { mutesAddThreadHandler } from '../../../../shard/operations/mutes-add-thread.ts'
import { mutesAddWordHandler } from '../../../../shard/operations/mutes-add-word.ts'
import { mutesListHandler } from '../../../../shard/operations/mutes-list.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('mutes.list: all words, and the threads page by page', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const threads = ['one', 'two', 'three'].map((text) => shard.post(bob, text))
  for (const tweetId of threads) shard.ask(mutesAddThreadHandler, alice, { tweetId })
  for (const word of ['rook', 'crow']) shard.ask(mutesAddWordHandler, alice, { word })
  const first = shard.ask(mutesListHandler, alice, { limit: 2 })
  expect(first).toMatchObject({ words: ['rook', 'crow'], threadIds: [threads[2], threads[1]] })
  const second = shard.ask(mutesListHandler, alice, { before: first.olderCursor as number })
  expect(second.threadIds).toEqual([threads[0]])
  expect(second.olderCursor).toBeUndefined()
  expect(shard.ask(mutesListHandler, bob, {})).toEqual({ words: [], threadIds: [] })
})
