// Every drawing of the client: lines of one width on a grid of 24, and the rook.

import type { JSX } from 'preact'

const paths = {
  home: 'M4 11.5 12 5l8 6.5M6 10v9h4.5v-5h3v5H18v-9',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5',
  bookmark: 'M7 4.5h10v15.2l-5-3.9-5 3.9V4.5Z',
  settings:
    'M5 7h9M18 7h1M5 12h2M11 12h8M5 17h8M17 17h2M16 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM9 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM15 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  feather:
    'M4 20c2.5-5 5-8.500 9-11.500M7.500 15.500C6.500 9 11 4.500 20 4c-.3 8-4.300 12.800-10.800 12.500M12 14.500h4',
  reply:
    'M20 11.500c0 4-3.600 6.800-8 6.800-1.200 0-2.300-.2-3.300-.6L4.500 19l1.200-3.400A6.300 6.300 0 0 1 4 11.500c0-4 3.600-6.800 8-6.800s8 2.800 8 6.800Z',
  retweet:
    'M7 18.500h8.500a2 2 0 0 0 2-2V9M14.500 11.500l3-3 3 3M17 5.500H8.500a2 2 0 0 0-2 2V15M9.500 12.500l-3 3-3-3',
  star: 'm12 4 2.400 5.100 5.600.7-4.100 3.800 1.100 5.500-5-2.700-5 2.700 1.100-5.500L4 9.800l5.600-.7L12 4Z',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  trash: 'M5 7h14M10 7V4.800h4V7M7 7l.8 12.200h8.400L17 7M10.500 10.500v5.500M13.500 10.500v5.500',
  link: 'M10 14a3.500 3.500 0 0 0 5 0l3-3a3.500 3.500 0 0 0-5-5l-1 1M14 10a3.500 3.500 0 0 0-5 0l-3 3a3.500 3.500 0 0 0 5 5l1-1',
  close: 'm6.500 6.500 11 11M17.500 6.500l-11 11',
  back: 'M19 12H5.500M11 6l-6 6 6 6',
  up: 'M12 19V6M6 11.500l6-6 6 6',
  calendar: 'M5 7h14v12H5V7ZM5 11h14M9 4.500V8M15 4.500V8',
  place:
    'M12 20.500c-4-4.300-6-7.300-6-10a6 6 0 0 1 12 0c0 2.700-2 5.700-6 10ZM12 12.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  lock: 'M7 11h10v8H7v-8ZM9 11V8.500a3 3 0 0 1 6 0V11',
  search: 'M10.8 17.300a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13ZM15.600 15.600 20 20',
  bell: 'M6.500 16.500c1-1.200 1.300-2.700 1.300-5.200a4.200 4.200 0 0 1 8.400 0c0 2.500.3 4 1.300 5.200h-11ZM10.300 19.300c.9.900 2.500.900 3.400 0',
  list: 'M8.500 7H19M8.500 12H19M8.500 17H19M5 7h.01M5 12h.01M5 17h.01',
  moment: 'M6 8.500h12V19H6V8.500ZM8 5.500h8M13.500 13.800 11 12.200v3.200l2.500-1.600Z',
  photo:
    'M4.500 6h15v12.500h-15V6ZM4.800 16l4.400-4 3.300 3 2.500-2.200 4.200 3.700M14.800 9.800h.01',
  plus: 'M12 5.500v13M5.500 12h13',
  mute: 'M4.500 10v4h3l4 3.200V6.800l-4 3.200h-3ZM15.500 9.800l4.500 4.500M20 9.800l-4.500 4.500',
  block: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM6.500 6.500l11 11',
  flag: 'M6 20V4.500M6 5.500h11l-2 3.700 2 3.800H6',
  pin: 'M9 4.500h6l-.7 6.500 3.200 3H6.500l3.200-3L9 4.500ZM12 14v6',
  key: 'M9.500 14.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM13 12.500l6.500 6.500M16.500 16l2-2',
  quote: 'M5 6.500h14v9h-6l-4 3.500v-3.500H5v-9ZM9 10h6M9 12.500h4',
} as const

export type IconName = keyof typeof paths

/** Decoration: what it stands for is said by the words around it. */
export function Icon(props: { readonly name: IconName; readonly isFilled?: boolean }): JSX.Element {
  const className = props.isFilled === true ? 'icon icon-filled' : 'icon'
  return (
    <svg class={className} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[props.name]} />
    </svg>
  )
}

/** The rook: black plumage, the pale beak by which one knows it from a crow. */
export function Rook(props: { readonly size: number }): JSX.Element {
  return (
    <svg class="rook" width={props.size} height={props.size} viewBox="0 0 48 48" aria-hidden="true">
      <path class="rook-beak" d="M34.500 14.500 46 20.300c-3.600 1-7.600 1-11.500-.6Z" />
      <path
        class="rook-body"
        d="M3 43c4.800-9.500 7.500-15.700 12.600-20.400 2.600-2.400 4.200-4.600 5.200-7.600C22.300 10.200 25.700 7 30 7c4.800 0 8 3.300 8 7.800 0 2.200-.7 3.800-1 6-.5 3.700-1.100 8.800-5.200 12.300-2.600 2.200-5.800 3.200-9.300 3.500l1.300 6.400h-3l-1.800-6.200C13.500 37.200 8.300 39.500 3 43Z"
      />
      <circle class="rook-eye" cx="31.600" cy="14.200" r="1.700" />
    </svg>
  )
}
