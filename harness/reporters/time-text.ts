/** `0:07`, `2:10`, `1:02:10`: as a clock shows it. */
export function clockText(durationMs: number): string {
  const total = Math.floor(durationMs / 1000)
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60]
  const two = (number: number): string => String(number).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}

/** `12 ms`, `1.2 s`, `2:10 min`. */
export function durationText(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`
  return durationMs < 60_000 ? `${(durationMs / 1000).toFixed(1)} s` : `${clockText(durationMs)} min`
}
