import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault, pageLimitMax } from '../../protocol/limits.ts'
import { mutesList } from '../../protocol/operations/mutes-list.ts'
import { markKind } from '../state/marks.ts'
import { implementRead } from './implement.ts'

const ids = new Float64Array(pageLimitMax + 1)

export const mutesListHandler = implementRead(mutesList, {
  read(view, { actorIndex }, { before = idMax, limit = pageLimitDefault }, writer) {
    const words = view.mutedWords.of(actorIndex)
    const threads = view.marks(markKind.mutedThreads)
    const count = threads.readBefore(actorIndex, { before, limit: limit + 1 }, ids)
    const shown = Math.min(count, limit)
    writer.map(count > limit ? 3 : 2)
    writer.text('words')
    writer.array(words.length)
    for (const word of words) writer.text(word)
    writer.text('threadIds')
    writer.array(shown)
    for (let place = 0; place < shown; place++) writer.integer(ids[place]!)
    if (count <= limit) return undefined
    writer.text('olderCursor')
    writer.integer(ids[shown - 1]!)
    return undefined
  },
})
