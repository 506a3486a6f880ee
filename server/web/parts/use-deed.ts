// Something that is done once, on a press: what goes wrong is told at the foot of the window.

import { useState } from 'preact/hooks'
import { RequestFailure } from '../../../protocol/errors.ts'
import { useClient } from './use-client.ts'

export type Deed = {
  readonly isRunning: boolean
  /** @returns whether it was done */
  readonly run: (work: () => Promise<unknown>, doneWords?: string) => Promise<boolean>
}

export function useDeed(): Deed {
  const client = useClient()
  const [isRunning, setRunning] = useState(false)
  const run = async (work: () => Promise<unknown>, doneWords?: string): Promise<boolean> => {
    setRunning(true)
    try {
      await work()
      if (doneWords !== undefined) client.notices.say(doneWords)
      return true
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      client.complain(error.body)
      return false
    } finally {
      setRunning(false)
    }
  }
  return { isRunning, run }
}
