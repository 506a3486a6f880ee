// The users of a fault run: one writer in every partition, so that each partition's silence is heard, and
// readers who follow some of them.

import { forEachBounded } from '../../../loadtest/std/bounded.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { partitionOfHandle } from '../../../protocol/ids.ts'
import { eventually } from '../../helpers/eventually.ts'
import { Caller } from './caller.ts'

export type Person = {
  readonly id: UserId
  readonly handle: string
  readonly partition: number
  readonly token: string
}

export type SignUpOptions = {
  readonly url: () => string
  readonly partitionCount: number
  /** Letters and digits: makes the handles of this run different from those of others. */
  readonly prefix: string
}

const atOnce = 8
const signUpWithinMs = 30_000
const password = 'a good password'

/** Signs up `count` people, who live in the partitions one after the other. */
export async function signUpPeople(
  options: SignUpOptions & { readonly count: number },
): Promise<Person[]> {
  const { count, partitionCount } = options
  const handles = new Handles(options)
  const wanted = Array.from({ length: count }, (_, index) => index)
  const people: Person[] = []
  const callers = Array.from({ length: Math.min(atOnce, count) }, () => newCaller(options))
  await forEachBounded(wanted, callers.length, async (index) => {
    const caller = callers.pop() as Caller
    people[index] = await signUp(caller, handles.in(index % partitionCount))
    callers.push(caller)
  })
  for (const caller of callers) caller.close()
  return people

  async function signUp(caller: Caller, handle: string): Promise<Person> {
    const params = { handle, name: handle, password, operationId: `up-${handle}` }
    const made = await eventually(() => caller.call('account.create', params), {
      withinMs: signUpWithinMs,
    })
    const partition = partitionOfHandle(handle, partitionCount)
    return { id: made.user.id, handle, partition, token: made.token }
  }
}

function newCaller({ url }: SignUpOptions): Caller {
  return new Caller({ url })
}

/** Gives out handles of a wanted partition; what comes by on the way is kept for later. */
class Handles {
  readonly #options: SignUpOptions
  readonly #spare = new Map<number, string[]>()
  #count = 0

  constructor(options: SignUpOptions) {
    this.#options = options
  }

  in(partition: number): string {
    for (;;) {
      const spare = this.#spare.get(partition)?.pop()
      if (spare !== undefined) return spare
      const handle = `${this.#options.prefix}_${(this.#count++).toString(36)}`
      const found = partitionOfHandle(handle, this.#options.partitionCount)
      const list = this.#spare.get(found)
      if (list === undefined) this.#spare.set(found, [handle])
      else list.push(handle)
    }
  }
}
