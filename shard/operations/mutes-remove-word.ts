import { mutesRemoveWord } from '../../protocol/operations/mutes-remove-word.ts'
import { implementWrite } from './implement.ts'

export const mutesRemoveWordHandler = implementWrite(mutesRemoveWord, {
  claims: ({ actor }) => [`mute words ${actor}`],

  decide(view, { actor, actorIndex }, { word }) {
    if (!view.mutedWords.of(actorIndex).includes(word)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, word } }
  },

  apply(state, { actorId, word }) {
    if (state.isHosted(actorId)) state.mutedWords.remove(state.users.index.intern(actorId), word)
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
