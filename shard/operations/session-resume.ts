import { failure } from '../../protocol/errors.ts'
import { hashToken } from '../../protocol/operations/credentials.ts'
import { sessionResume } from '../../protocol/operations/session-resume.ts'
import { implementRead } from './implement.ts'
import { writeUser } from './present.ts'

export const sessionResumeHandler = implementRead(sessionResume, {
  read(view, { nowMs }, { token }, writer) {
    const session = view.accounts.session(hashToken(token), nowMs)
    const user = session === undefined ? -1 : view.users.find(session.userId)
    if (user < 0) return { kind: 'failed', error: failure('unauthenticated') }
    writer.map(1)
    writer.text('user')
    writeUser(writer, view, { user, reader: user })
    return undefined
  },
})
