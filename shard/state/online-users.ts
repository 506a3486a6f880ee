// Who is online: a flag for each user, and how many are raised. The count tells at once that nobody is,
// which is so for the whole of a recovery.

import { Uint8Column } from './columns.ts'

export class OnlineUsers {
  readonly #flags = new Uint8Column()
  #count = 0

  /** How many users are online. */
  get count(): number {
    return this.#count
  }

  /** @returns 1 for a user who is online, else 0 */
  get(user: number): number {
    return this.#flags.get(user)
  }

  /** @param flag 1 or 0 */
  set(user: number, flag: number): void {
    this.#count += flag - this.#flags.get(user)
    this.#flags.set(user, flag)
  }
}
