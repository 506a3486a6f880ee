import { mutedWordField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Mutes a word, a hashtag or several words in a row: tweets with it come no longer of their own accord. */
export const mutesAddWord = defineOperation({
  name: 'mutes.addWord',
  code: 0x8a,
  summary: 'Mute a word',
  owner: 'actor',
  access: 'user',
  request: { word: mutedWordField },
  answer: {},
  event: { actorId: f.userId, word: mutedWordField },
  refusals: {},
  http: { method: 'PUT', path: '/v1/mutes/words/{word}', status: 204 },
})
