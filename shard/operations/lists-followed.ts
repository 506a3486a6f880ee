import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { listsFollowed } from '../../protocol/operations/lists-followed.ts'
import { followMark } from './collection.ts'
import { writeCollectionPage } from './collection-page.ts'
import { implementRead } from './implement.ts'

export const listsFollowedHandler = implementRead(listsFollowed, {
  read(view, { actorIndex: reader }, { before = idMax, limit = pageLimitDefault }, writer) {
    const source = view.marks(followMark.list)
    const page = { before, limit }
    writeCollectionPage(writer, view, { kind: 'list', source, user: reader, reader, page })
    return undefined
  },
})
