// One user in a list.

import type { ComponentChildren, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { UserId } from '../../../protocol/ids.ts'
import { AuthorLine } from './author-line.tsx'
import { Avatar } from './avatar.tsx'
import { FollowButton } from './follow-button.tsx'
import { useClient, useUser } from './use-client.ts'

/** @param props.children what one can do with them; the follow button unless said otherwise */
export function UserRow(props: {
  readonly id: UserId
  readonly children?: ComponentChildren
}): JSX.Element | null {
  const client = useClient()
  const user = useUser(props.id)
  const isRelationUnknown = client.viewerId !== undefined && user?.viewer === undefined
  useEffect(() => {
    // Lists of followers are the same for everybody; what the reader has to do with each is asked for.
    if (!isRelationUnknown || props.id === client.viewerId) return
    client.call('user.get', { user: { id: props.id } }).then(
      (answer) => client.entities.learnUser(answer.user),
      // The button goes on to say “Follow”: pressing it when one follows already changes nothing.
      () => undefined,
    )
  }, [props.id, isRelationUnknown])
  if (user === undefined) return null
  return (
    <li class="user-row">
      <Avatar user={user} size="medium" />
      <div class="user-words">
        <AuthorLine author={user} />
        {user.bio === '' ? null : (
          <p class="user-bio" dir="auto">
            {user.bio}
          </p>
        )}
      </div>
      {props.children ?? <FollowButton user={user} />}
    </li>
  )
}
