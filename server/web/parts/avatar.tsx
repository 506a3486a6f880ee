// A user's picture; where there is none, an egg in one of the colours that corvids lay.

import type { JSX } from 'preact'
import type { User } from '../../../protocol/entities.ts'

const eggColors = 8

export function Avatar(props: {
  readonly user: User | undefined
  readonly size: 'small' | 'medium' | 'large'
}): JSX.Element {
  const { user, size } = props
  const className = `avatar avatar-${size}`
  if (user?.avatarUrl !== undefined) {
    return <img class={className} src={user.avatarUrl} alt="" loading="lazy" decoding="async" />
  }
  const color = user === undefined ? 0 : Math.floor(user.id / 16) % eggColors
  const letter = [...(user?.name ?? '')][0] ?? ''
  return (
    <span class={`${className} egg egg-${color}`} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  )
}
