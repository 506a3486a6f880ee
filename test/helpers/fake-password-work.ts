// What the password desk would make of a task, without the time that it takes.

import type { PasswordTask } from '../../shard/operations/implement.ts'

export function fakePasswordWork(task: PasswordTask): {
  readonly passwordHash: string
  readonly isPasswordRight: boolean
} {
  if (task.kind === 'none') return { passwordHash: '', isPasswordRight: false }
  const hash = `hash of ${task.password}`
  if (task.kind === 'hash') return { passwordHash: hash, isPasswordRight: false }
  return { passwordHash: task.hash ?? '', isPasswordRight: task.hash === hash }
}
