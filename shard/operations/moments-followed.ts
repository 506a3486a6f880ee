import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { momentsFollowed } from '../../protocol/operations/moments-followed.ts'
import { followMark } from './collection.ts'
import { writeCollectionPage } from './collection-page.ts'
import { implementRead } from './implement.ts'

export const momentsFollowedHandler = implementRead(momentsFollowed, {
  read(view, { actorIndex: reader }, { before = idMax, limit = pageLimitDefault }, writer) {
    const source = view.marks(followMark.moment)
    const page = { before, limit }
    writeCollectionPage(writer, view, { kind: 'moment', source, user: reader, reader, page })
    return undefined
  },
})
