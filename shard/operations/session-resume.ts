import { hashToken, userOfToken } from '../../protocol/credentials.ts'
import { failure } from '../../protocol/errors.ts'
import { sessionResume } from '../../protocol/operations/session-resume.ts'
import { absent } from '../state/memory/id-table.ts'
import { implementRead } from './implement.ts'
import { writeUser } from './present.ts'

export const sessionResumeHandler = implementRead(sessionResume, {
  read(view, { nowMs }, { token }, writer) {
    const userId = userOfToken(token)
    const user = userId === undefined ? absent : view.users.find(userId)
    const isOpen =
      user >= 0 && view.accounts.session(userId!, hashToken(token), nowMs) !== undefined
    if (!isOpen) return { kind: 'failed', error: failure('unauthenticated') }
    writer.map(1)
    writer.text('user')
    writeUser(writer, view, { user, reader: user })
    return undefined
  },
})
