import { expect, test } from 'vitest'
import { mutesAddWordHandler } from '../../../../shard/operations/mutes-add-word.ts'
import { mutesListHandler } from '../../../../shard/operations/mutes-list.ts'
import { mutesRemoveWordHandler } from '../../../../shard/operations/mutes-remove-word.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('mutes.removeWord: only that word goes; one that is not muted changes nothing', () => {
  const shard = new OneShard()
  const [alice] = shard.signUp('alice')
  for (const word of ['rook', 'crow']) shard.ask(mutesAddWordHandler, alice, { word })
  shard.ask(mutesRemoveWordHandler, alice, { word: 'rook' })
  expect(shard.ask(mutesListHandler, alice, {}).words).toEqual(['crow'])
  const logged = shard.log.length
  shard.ask(mutesRemoveWordHandler, alice, { word: 'rook' })
  expect(shard.log).toHaveLength(logged)
})
