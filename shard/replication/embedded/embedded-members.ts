// The member registry of the embedded log: files of one directory (member-files.ts), in the hands of a thread.
//
// While the log's database is flushed, the file system lets a rename wait for tens of milliseconds, and a heartbeat
// makes several a second: the event loop does not wait for it. It is a thread of its own, as on the thread pool a
// heartbeat would wait behind password hashes, until a busy process looks like a dead one.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { WorkerThread } from '../../worker-thread.ts'
import { LogUnavailable } from '../log.ts'
import type { AnnounceTimes } from '../member-rules.ts'
import type { Member, MemberRegistry, SeenMember } from '../members.ts'

/** A disk that takes longer to rename a small file is as good as away. */
const answerMsMax = 10_000

type Leaving = Pick<Member, 'name' | 'incarnation'>

/** What the thread is asked for; an announcement is answered with what is seen, a withdrawal with nothing. */
export type MembersRequest = { readonly directory: string } & (
  | {
      readonly kind: 'announce'
      readonly member: Member
      readonly times: AnnounceTimes & { readonly nowMs: number }
    }
  | { readonly kind: 'withdraw'; readonly member: Leaving; readonly nowMs: number }
)

type Seen = readonly SeenMember[] | undefined

export class EmbeddedMembers implements MemberRegistry {
  readonly #directory: string
  readonly #clock: () => number
  readonly #thread = new WorkerThread<MembersRequest, Seen>({
    name: 'rookery-members',
    program: new URL('./embedded-members-worker.ts', import.meta.url),
    answerMsMax,
    gone: (reason) => new LogUnavailable(`The member registry is gone: ${reason}.`),
  })

  constructor({ directory, clock }: { directory: string; clock: () => number }) {
    this.#directory = join(directory, 'members')
    this.#clock = clock
    mkdirSync(this.#directory, { recursive: true })
  }

  announce(member: Member, times: AnnounceTimes): Promise<Seen> {
    const nowMs = this.#clock()
    const directory = this.#directory
    return this.#ask({ kind: 'announce', directory, member, times: { ...times, nowMs } })
  }

  async withdraw({ name, incarnation }: Leaving): Promise<void> {
    const member = { name, incarnation }
    await this.#ask({ kind: 'withdraw', directory: this.#directory, member, nowMs: this.#clock() })
  }

  close(): Promise<void> {
    return this.#thread.close()
  }

  /** @throws LogUnavailable where the disk refuses. */
  async #ask(request: MembersRequest): Promise<Seen> {
    const answer = await this.#thread.ask(request)
    if (answer.outcome === 'done') return answer.result
    // What has no code of the system is a mistake of ours.
    if (answer.code?.startsWith('ERR_') !== false) throw new Error(answer.message)
    throw new LogUnavailable(`The member registry cannot be written: ${answer.message}`)
  }
}
