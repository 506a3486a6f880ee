// What the password desk would make of a task, without the time that it takes. As with real hashes, the
// same password never gives the same hash twice.

import type { PasswordTask } from '../../shard/operations/implement.ts'

let saltCount = 0

export function fakePasswordWork(task: PasswordTask): {
  readonly passwordHash: string
  readonly isPasswordRight: boolean
} {
  if (task.kind === 'none') return { passwordHash: '', isPasswordRight: false }
  const hashed = `, hash of ${task.password}`
  if (task.kind === 'hash') {
    return { passwordHash: `salt ${++saltCount}${hashed}`, isPasswordRight: false }
  }
  return { passwordHash: task.hash ?? '', isPasswordRight: task.hash?.endsWith(hashed) === true }
}
