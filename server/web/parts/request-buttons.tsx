// Whether somebody may follow the reader, whose account is protected: yes or no.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { UserId } from '../../../protocol/ids.ts'
import { useClient, useUser } from './use-client.ts'
import { useDeed } from './use-deed.ts'

export function RequestButtons({ userId }: { readonly userId: UserId }): JSX.Element {
  const client = useClient()
  const user = useUser(userId)
  const { isRunning, run } = useDeed()
  const [answer, setAnswer] = useState('')
  const decide = async (name: 'user.approveFollow' | 'user.rejectFollow'): Promise<void> => {
    const isDone = await run(async () => {
      const answered = await client.call(name, { userId })
      client.entities.learnUser(answered.user)
    })
    if (isDone) setAnswer(name === 'user.approveFollow' ? 'Approved' : 'Declined')
  }
  const whom = `@${user?.handle ?? ''}`
  return (
    <div class="request-buttons">
      <p class="for-ears" role="status">
        {answer}
      </p>
      {answer === '' ? (
        <>
          <button
            type="button"
            class="button button-main"
            disabled={isRunning}
            aria-label={`Approve ${whom}`}
            onClick={() => void decide('user.approveFollow')}
          >
            Approve
          </button>
          <button
            type="button"
            class="button"
            disabled={isRunning}
            aria-label={`Decline ${whom}`}
            onClick={() => void decide('user.rejectFollow')}
          >
            Decline
          </button>
        </>
      ) : (
        <span aria-hidden="true">{answer}</span>
      )}
    </div>
  )
}
