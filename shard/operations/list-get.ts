import { listGet } from '../../protocol/operations/list-get.ts'
import { findCollection, isNo } from './collection.ts'
import { writeCollectionEntry } from './collection-page.ts'
import { implementRead } from './implement.ts'
import { writeUsers } from './present.ts'

export const listGetHandler = implementRead(listGet, {
  read(view, { actorIndex: reader }, { listId }, writer) {
    const list = findCollection(view, reader, { kind: 'list', id: listId })
    if (isNo(list)) return list
    writer.map(2)
    writeCollectionEntry(writer, view, { collection: list, reader })
    writeUsers(writer, view, { users: [list.owner], reader })
    return undefined
  },
})
