// The thread that reads and writes the files of the members: see embedded-members.ts.

import { serveThread } from '../../worker-thread.ts'
import type { SeenMember } from '../members.ts'
import type { MembersRequest } from './embedded-members.ts'
import { MemberFiles } from './member-files.ts'

serveThread((request: MembersRequest): readonly SeenMember[] | undefined => {
  const files = new MemberFiles(request.directory)
  if (request.kind === 'announce') return files.announce(request.member, request.times)
  files.withdraw(request.member, request.nowMs)
  return undefined
})
