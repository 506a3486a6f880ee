// Starts a live stream, for as long as somebody wants it: whoever serves it may be away for longer than a call is
// repeated, while the line to the gateway stands. Without this the list would stand still, and say nothing.

import { RequestFailure } from '../../../protocol/errors.ts'
import type { Call, CallAnswer, CallParams } from '../wire/call.ts'
import { listenAgainMs } from '../wire/limits.ts'

/**
 * @param isWanted asked before each further try
 * @returns undefined where it is wanted no more. Rejects with a RequestFailure that no other try can change.
 */
export async function listen(
  call: Call,
  params: CallParams<'live.subscribe'>,
  isWanted: () => boolean,
): Promise<CallAnswer<'live.subscribe'> | undefined> {
  for (;;) {
    try {
      return await call('live.subscribe', params)
    } catch (error) {
      if (!(error instanceof RequestFailure) || error.body.retry === 'never') throw error
    }
    await new Promise((resolve) => setTimeout(resolve, listenAgainMs))
    if (!isWanted()) return undefined
  }
}
