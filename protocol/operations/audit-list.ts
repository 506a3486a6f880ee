import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { partitionsMax } from '../ids.ts'
import { pageLimitMax } from '../limits.ts'
import { actionField } from '../moderation.ts'
import { defineOperation } from '../operation.ts'

/** What operators have done about the users of one partition, the newest first. */
export const auditList = defineOperation({
  name: 'audit.list',
  code: 0xbd,
  summary: 'List the audit log of a partition',
  owner: { partition: 'partition' },
  access: 'operator',
  request: { partition: f.integer({ min: 0, max: partitionsMax - 1 }), ...pageRequest },
  answer: {
    actions: f.list(actionField, { countMax: pageLimitMax }),
    users: usersField,
    olderCursor,
  },
  refusals: {},
})
