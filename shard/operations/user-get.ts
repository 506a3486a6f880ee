import { userGet } from '../../protocol/operations/user-get.ts'
import { findUser } from './find.ts'
import { implementRead } from './implement.ts'
import { writeUser } from './present.ts'
import { isSuspended } from './visibility.ts'

export const userGetHandler = implementRead(userGet, {
  read(view, { actorIndex, partitionCount }, { user: reference }, writer) {
    const user = findUser(view, reference, partitionCount)
    if (typeof user !== 'number') return user
    if (isSuspended(view, user)) return { kind: 'refused', code: 'suspended' }
    writer.map(1)
    writer.text('user')
    writeUser(writer, view, { user, reader: actorIndex })
    return undefined
  },
})
