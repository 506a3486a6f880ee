import { mutedWordField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Takes the mute of a word back. */
export const mutesRemoveWord = defineOperation({
  name: 'mutes.removeWord',
  code: 0x8b,
  summary: 'Unmute a word',
  owner: 'actor',
  access: 'user',
  request: { word: mutedWordField },
  answer: {},
  event: { actorId: f.userId, word: mutedWordField },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/mutes/words/{word}', status: 204 },
})
