// The photos and portraits of the sample, drawn: hills, a shore, a night, and a few shapes that stand for places.

import sharp from 'sharp'
import type { PhotoName } from './sample.ts'

const size = { width: 1200, height: 720 }

const photos: Readonly<Record<PhotoName, () => string>> = { dusk, shore, night }

/** A JPEG. */
export async function photo(name: PhotoName): Promise<Buffer> {
  return await sharp(Buffer.from(photos[name]())).jpeg({ quality: 86 }).toBuffer()
}

/** A square picture for somebody, by their place in the list. */
export async function portrait(place: number): Promise<Buffer> {
  const [ground, near, far] = palettes[place % palettes.length] as readonly string[]
  const shape = shapes[place % shapes.length] as string
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="320" height="320">
    <rect width="100" height="100" fill="${ground}"/>
    <g fill="${near}" stroke="${far}" stroke-width="0">${shape.replaceAll('FAR', far ?? '')}</g></svg>`
  return await sharp(Buffer.from(drawing)).png({ palette: true }).toBuffer()
}

const palettes = [
  ['#d9cfe8', '#3a2f63', '#8c7ab8'],
  ['#bfdde4', '#1f5468', '#f2b56b'],
  ['#dfe3b8', '#47602c', '#93a85a'],
  ['#1f2547', '#f4e3b2', '#6f7fc0'],
  ['#f3dcc0', '#9a5a2a', '#d99b5f'],
  ['#f2efe6', '#b3402f', '#23222b'],
  ['#2c3a3f', '#e8b64c', '#7ba7a6'],
]

const shapes = [
  '<path d="M50 20 26 62h14v22h20V62h14Z"/><circle cx="50" cy="40" r="7" fill="FAR"/>',
  '<path d="M42 84 45 34h10l3 50Z"/><rect x="43" y="22" width="14" height="11" fill="FAR"/><path d="M0 84h100v16H0Z"/>',
  '<path d="M50 86V34M50 58C34 56 28 44 28 32c14 2 22 12 22 26ZM50 70c16-2 22-14 22-26-14 2-22 12-22 26Z"/>',
  '<circle cx="54" cy="46" r="24"/><circle cx="64" cy="38" r="22" fill="#1f2547"/><circle cx="28" cy="70" r="3" fill="FAR"/><circle cx="78" cy="76" r="2" fill="FAR"/>',
  '<ellipse cx="50" cy="58" rx="34" ry="22"/><path d="M34 46l8 22M50 42l4 26M66 46l0 20" stroke-width="4" stroke="FAR"/>',
  '<path d="M26 22h36l14 14v44H26Z"/><path d="M36 46h28M36 56h28M36 66h18" stroke-width="4" stroke="#f2efe6"/>',
  '<rect x="28" y="26" width="44" height="44" rx="10"/><circle cx="40" cy="60" r="5" fill="FAR"/><circle cx="60" cy="60" r="5" fill="FAR"/><rect x="35" y="34" width="30" height="14" fill="FAR"/>',
]

function frame(inside: string): string {
  const { width, height } = size
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 1200 720">${inside}</svg>`
}

function gradient(id: string, stops: readonly (readonly [number, string])[]): string {
  const inside = stops.map(([at, color]) => `<stop offset="${at}" stop-color="${color}"/>`).join('')
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${inside}</linearGradient>`
}

function hills(
  layers: readonly (readonly [height: number, wave: number, color: string])[],
): string {
  return layers
    .map(([height, wave, color], layer) => {
      const points = Array.from({ length: 25 }, (_, step) => {
        const turn = step / 3.1 + layer * 1.7
        const y = height + Math.sin(turn) * wave + Math.sin(turn * 2.3) * wave * 0.4
        return `${step * 50} ${y.toFixed(0)}`
      })
      return `<path fill="${color}" d="M0 720 L${points.join(' L')} L1200 720Z"/>`
    })
    .join('')
}

function birds(count: number): string {
  return Array.from({ length: count }, (_, bird) => {
    const x = 160 + bird * 41 + Math.sin(bird * 2.1) * 24
    const y = 250 - Math.sin(bird / 3.4) * 88 + Math.cos(bird * 1.7) * 20
    const wing = 9 + (bird % 3) * 3
    return `<path d="M${x - wing} ${y} q${wing / 2} -${wing * 0.7} ${wing} 0 q${wing / 2} -${wing * 0.7} ${wing} 0" fill="none" stroke="#241c3d" stroke-width="4" stroke-linecap="round"/>`
  }).join('')
}

function dusk(): string {
  const sky = gradient('sky', [
    [0, '#4d4a86'],
    [0.45, '#b083a6'],
    [0.75, '#f0b48a'],
    [1, '#f9d9a8'],
  ])
  const land = hills([
    [470, 26, '#8e6f9c'],
    [540, 30, '#5e4d80'],
    [610, 26, '#3a3160'],
  ])
  return frame(
    `<defs>${sky}</defs><rect width="1200" height="720" fill="url(#sky)"/><circle cx="880" cy="452" r="54" fill="#fdeec2"/>${land}${birds(22)}`,
  )
}

function shore(): string {
  const sky = gradient('sky', [
    [0, '#a9c8d8'],
    [0.7, '#e9e2cf'],
    [1, '#f4d9b4'],
  ])
  const bands = ['#9dbfca', '#7fabbc', '#5f93aa', '#447a96', '#2f6380'].map(
    (color, band) =>
      `<path fill="${color}" d="M0 ${400 + band * 66} Q300 ${384 + band * 66} 600 ${400 + band * 66} T1200 ${400 + band * 66} V720 H0Z"/>`,
  )
  return frame(
    `<defs>${sky}</defs><rect width="1200" height="720" fill="url(#sky)"/><circle cx="420" cy="372" r="62" fill="#fff3d4"/>${bands.join('')}<path d="M760 452h120l-18 30h-84ZM818 448V352l52 92Z" fill="#1f3d52"/>`,
  )
}

function night(): string {
  const sky = gradient('sky', [
    [0, '#0b1030'],
    [0.7, '#27305f'],
    [1, '#4b4f80'],
  ])
  const stars = Array.from({ length: 90 }, (_, star) => {
    const x = (star * 397) % 1200
    const y = (star * 211) % 460
    return `<circle cx="${x}" cy="${y}" r="${1 + (star % 3) * 0.7}" fill="#e8e6ff" opacity="${0.35 + (star % 5) * 0.12}"/>`
  })
  const land = hills([
    [560, 34, '#161b3a'],
    [630, 24, '#090c20'],
  ])
  return frame(
    `<defs>${sky}<mask id="moon"><rect width="1200" height="720" fill="white"/><circle cx="782" cy="246" r="78" fill="black"/></mask></defs><rect width="1200" height="720" fill="url(#sky)"/>${stars.join('')}<circle cx="740" cy="270" r="84" fill="#f7eccb" mask="url(#moon)"/><circle cx="880" cy="330" r="9" fill="#fff6dc"/>${land}`,
  )
}
