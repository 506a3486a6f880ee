import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { partitionsMax } from '../ids.ts'
import { pageLimitMax } from '../limits.ts'
import { reportField } from '../moderation.ts'
import { defineOperation } from '../operation.ts'

/** What the users of one partition have reported, the newest first, with those whom it is about. */
export const reportsList = defineOperation({
  name: 'reports.list',
  code: 0xbc,
  summary: 'List the reports of a partition',
  owner: { partition: 'partition' },
  access: 'operator',
  request: { partition: f.integer({ min: 0, max: partitionsMax - 1 }), ...pageRequest },
  answer: {
    reports: f.list(reportField, { countMax: pageLimitMax }),
    users: usersField,
    olderCursor,
  },
  refusals: {},
})
