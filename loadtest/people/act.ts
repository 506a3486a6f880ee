// What an act is: how one kind of action is said to a server, and what its acknowledgement means.
//
// A write that is repeated after a lost answer may find itself done: of those that the server knows by no key of
// their own, the refusal of the repeat is as good as the first answer.

import type { Client } from '../client/client.ts'
import { CallFailure } from '../client/client.ts'
import type { OperatorClient } from '../client/operator.ts'
import type { World } from '../oracle/oracle.ts'
import type { StateRecord } from '../oracle/records.ts'

/** What is there to carry an action out with. */
export type Hands = {
  readonly client: Client
  readonly world: World
  /** Uploads a small picture for a user. @returns its id */
  readonly upload: (picture: number, userId: number) => Promise<string>
  readonly operator: OperatorClient | undefined
}

/** @returns what was acknowledged; undefined where a race was lost that changes nothing */
export type Act<A> = (
  hands: Hands,
  action: A,
) => Promise<StateRecord | readonly StateRecord[] | undefined>

/** The answer; undefined where it is this refusal, of a race or of a repeat. */
export async function unless<T>(
  code: string,
  call: Promise<T>,
  action: { readonly isRaced?: true },
): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof CallFailure) || error.body.code !== code) throw error
    if (error.attempts === 1 && action.isRaced !== true) throw error
    return undefined
  }
}
