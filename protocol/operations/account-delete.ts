import { triedPassword } from '../credentials.ts'
import { f } from '../fields.ts'
import { endedAtOnceMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/**
 * Deletes the actor's account with all that belongs to it. From the answer on nothing of it is shown to anybody, and
 * all its sessions and keys have ended; what is left is erased within seconds. The handle stays reserved: nobody
 * else can take it. What others have made of their own (a reply, a bookmark) stays theirs and says no more.
 */
export const accountDelete = defineOperation({
  name: 'account.delete',
  code: 0xcc,
  summary: 'Delete the account',
  owner: 'actor',
  access: 'user',
  session: 'ends',
  isCredential: true,
  request: { password: triedPassword },
  answer: {},
  event: {
    userId: f.userId,
    departureId: f.id,
    endedHashes: f.list(f.text({ lengthMax: 64 }), {
      countMax: endedAtOnceMax,
      meaning: 'The tokens and keys that gateways are told of, by their hashes.',
    }),
  },
  refusals: {
    wrong_credentials: { status: 401, meaning: 'The password is wrong.' },
  },
  http: { method: 'POST', path: '/v1/users/me/delete', status: 204 },
})
