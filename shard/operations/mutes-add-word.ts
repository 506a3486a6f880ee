import { failure } from '../../protocol/errors.ts'
import { wordMutedLengthMax, wordsMutedMax } from '../../protocol/limits.ts'
import { mutesAddWord } from '../../protocol/operations/mutes-add-word.ts'
import { implementWrite } from './implement.ts'

export const mutesAddWordHandler = implementWrite(mutesAddWord, {
  claims: ({ actor }) => [`mute words ${actor}`],

  decide(view, { actor, actorIndex }, { word }) {
    const words = view.mutedWords.of(actorIndex)
    if (words.includes(word)) return { kind: 'unchanged' }
    // Folding makes up to 18 characters of one, and what is kept for a reader grows with all of them.
    const isTooLong = Array.from(word).length > wordMutedLengthMax
    if (isTooLong || words.length >= wordsMutedMax) {
      return { kind: 'failed', error: failure('too_large', { field: 'word' }) }
    }
    return { kind: 'committed', event: { actorId: actor, word } }
  },

  apply(state, { actorId, word }) {
    if (state.isHosted(actorId)) state.mutedWords.add(state.users.index.intern(actorId), word)
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
