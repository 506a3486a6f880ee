import { newPassword, ruleOf } from '../credentials.ts'
import { f } from '../fields.ts'
import { partitionsMax } from '../ids.ts'
import { importUsersMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'
import { checkHandle } from '../text/normalize.ts'

/**
 * Brings users in, many with one entry of the log. Whoever is there already is answered as they are: so a
 * retry needs no key of its own.
 */
export const importUsers = defineOperation({
  name: 'import.users',
  code: 0x60,
  summary: 'Bring users in',
  owner: { partition: 'partition' },
  access: 'operator',
  request: {
    partition: f.integer({ min: 0, max: partitionsMax - 1 }),
    handles: f.list(f.text({ lengthMax: 15, rule: ruleOf(checkHandle) }), {
      countMax: importUsersMax,
      meaning:
        'All of handles of this partition. A name is the handle, until its owner changes it.',
    }),
    password: f.optional({
      ...newPassword,
      meaning: 'With it all of them can sign in: for tests. Without it nobody can.',
    }),
  },
  answer: {
    userIds: f.bytes({
      bytesMax: importUsersMax * 8,
      meaning: 'The id of each handle, in their order: 8 bytes each, a float, lowest byte first.',
    }),
  },
  event: {
    partition: f.integer({ min: 0, max: partitionsMax - 1 }),
    userIds: f.bytes({ bytesMax: importUsersMax * 8 }),
    handles: f.list(f.text({ lengthMax: 15 }), { countMax: importUsersMax }),
    passwordHash: f.text({ lengthMax: 256 }),
  },
  refusals: {
    elsewhere: { status: 409, meaning: 'A handle belongs to another partition.' },
    reserved: { status: 409, meaning: 'A handle was that of an account that is deleted now.' },
  },
})
