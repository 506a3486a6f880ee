// Follow, or follow no more: it says what is, and on the pointer what a press would do.

import type { JSX } from 'preact'
import type { User } from '../../../protocol/entities.ts'
import { go } from '../navigation.ts'
import { useClient } from './use-client.ts'

export function FollowButton(props: { readonly user: User }): JSX.Element | null {
  const { user } = props
  const client = useClient()
  if (user.id === client.viewerId) return null
  const { following = false, requested = false } = user.viewer ?? {}
  const isSet = following || requested
  const words = following ? 'Following' : requested ? 'Requested' : 'Follow'
  return (
    <button
      type="button"
      class={isSet ? 'button follow follow-set' : 'button button-main follow'}
      aria-pressed={isSet}
      aria-label={`${words} @${user.handle}`}
      onClick={() => {
        if (client.viewerId === undefined) go('/login')
        else void client.marks.follow(user.id, !isSet)
      }}
    >
      <span class="follow-now">{words}</span>
      {isSet ? <span class="follow-next">{following ? 'Unfollow' : 'Withdraw'}</span> : null}
    </button>
  )
}
