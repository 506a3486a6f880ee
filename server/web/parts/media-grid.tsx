// Photos and videos of a tweet, in the room that their size says: nothing moves when they come.

import type { JSX } from 'preact'
import type { Medium } from '../../../protocol/media.ts'

export function MediaGrid(props: { readonly media: readonly Medium[] }): JSX.Element {
  return (
    <div class={`media media-${props.media.length}`}>
      {props.media.map((medium) => (
        <OneMedium key={medium.id} medium={medium} />
      ))}
    </div>
  )
}

function OneMedium({ medium }: { readonly medium: Medium }): JSX.Element {
  const address = `/v1/media/${medium.id}`
  const { width, height, alt = '' } = medium
  if (medium.kind === 'video') {
    return (
      // biome-ignore lint/a11y/useMediaCaption: there are no captions; its alternative text says what it shows.
      <video
        controls
        preload="metadata"
        src={address}
        width={width}
        height={height}
        aria-label={alt}
      />
    )
  }
  return (
    <a href={address} target="_blank" rel="noopener" class="photo">
      <img
        src={`${address}/thumbnail`}
        alt={alt === '' ? 'Photo' : alt}
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
      />
    </a>
  )
}
