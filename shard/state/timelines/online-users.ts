// Who is online: a flag for each user, and how many are raised. The count tells at once that nobody is,
// which is so for the whole of a recovery.
//
// The flags are shared memory: the thread that delivers a tweet to a million followers finds in the same
// pass which of them are online. One thread writes; a flag that is being raised may be seen or not, which
// is as good as a user who comes a moment later.

const flagsMin = 4_096
/** Address space for one flag per user; it is memory only where used. */
const flagsMax = 2 ** 29

/** What a worker needs to attach. It can be structured-cloned; the memory itself is not copied. */
export type SharedOnlineUsers = { buffer: SharedArrayBuffer }

export class OnlineUsers {
  #flags: Uint8Array
  readonly #buffer: SharedArrayBuffer
  #count = 0

  constructor(shared?: SharedOnlineUsers) {
    this.#buffer = shared?.buffer ?? new SharedArrayBuffer(flagsMin, { maxByteLength: flagsMax })
    this.#flags = viewOf(this.#buffer)
  }

  /** What another thread needs to see the same flags. */
  share(): SharedOnlineUsers {
    return { buffer: this.#buffer }
  }

  /** How many users are online; known to the thread that sets the flags. */
  get count(): number {
    return this.#count
  }

  /** @returns 1 for a user who is online, else 0 */
  get(user: number): number {
    return user < this.#flags.length ? this.#flags[user]! : 0
  }

  /** @param flag 1 or 0 */
  set(user: number, flag: number): void {
    if (user >= this.#flags.length) this.#grow(user)
    this.#count += flag - this.#flags[user]!
    this.#flags[user] = flag
  }

  /** Appends those of `users[from]` to before `users[to]` who are online to `found`. */
  collect(users: Uint32Array, { from, to }: { from: number; to: number }, found: number[]): void {
    const flags = this.#flags
    for (let place = from; place < to; place++) {
      const user = users[place]!
      if (user < flags.length && flags[user] === 1) found.push(user)
    }
  }

  /** Makes the view reach all flags again after another thread made them more. */
  refresh(): void {
    if (this.#buffer.byteLength > this.#flags.length) this.#flags = viewOf(this.#buffer)
  }

  #grow(user: number): void {
    const length = Math.min(Math.max(user + 1, this.#flags.length * 2), flagsMax)
    this.#buffer.grow(length)
    this.#flags = viewOf(this.#buffer)
  }
}

function viewOf(buffer: SharedArrayBuffer): Uint8Array {
  return new Uint8Array(buffer, 0, buffer.byteLength)
}
