// Who somebody is, in a line: their name and handle, as a link to their profile.

import type { JSX } from 'preact'
import type { User } from '../../../protocol/entities.ts'
import { profilePath } from '../routes.ts'
import { Icon } from './icons.tsx'

export function AuthorLine(props: {
  readonly author: User | undefined
  readonly id?: string
}): JSX.Element {
  const { author, id } = props
  if (author === undefined) return <span class="author-name">Unknown</span>
  return (
    <a class="author" href={profilePath(author.handle)} {...(id === undefined ? {} : { id })}>
      <bdi class="author-name">{author.name}</bdi>
      {author.protected ? <Icon name="lock" /> : null}
      <span class="author-handle">@{author.handle}</span>
    </a>
  )
}
