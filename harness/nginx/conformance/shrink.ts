import type { CaseRequest } from './case.ts'
import type { Line } from './generate-site.ts'

/** Takes away every line and block that a site is still `wrong` without: the large ones first, each tried once. */
export async function smallestSite(
  lines: readonly Line[],
  wrong: (candidate: readonly Line[]) => Promise<boolean>,
): Promise<readonly Line[]> {
  let rest = lines
  for (let at = 0; at < rest.length; ) {
    const less = rest.toSpliced(at, 1)
    if (await wrong(less)) rest = less
    else at++
  }
  for (const [at, line] of rest.entries()) {
    if (line.lines === null) continue
    const inside = await smallestSite(line.lines, (inner) => wrong(rest.with(at, { ...line, lines: inner })))
    rest = rest.with(at, { ...line, lines: inside })
  }
  return rest
}

/** Takes away what a request is still `wrong` without. */
export async function plainestRequest(
  request: CaseRequest,
  wrong: (candidate: CaseRequest) => Promise<boolean>,
): Promise<CaseRequest> {
  for (const plainer of plainerRequests(request)) {
    if (await wrong(plainer)) return plainestRequest(plainer, wrong)
  }
  return request
}

function* plainerRequests(request: CaseRequest): Generator<CaseRequest> {
  const { upstream = [], headers = [], target } = request
  if (request.body !== undefined) yield withoutKey(request, 'body')
  if (upstream.length > 0) yield { ...request, upstream: upstream.slice(0, -1) }
  if (request.httpVersion !== undefined) yield withoutKey(request, 'httpVersion')
  if (request.method !== undefined) yield withoutKey(request, 'method')
  for (const [at] of headers.entries()) yield { ...request, headers: headers.toSpliced(at, 1) }
  if (target.includes('?')) yield { ...request, target: target.slice(0, target.indexOf('?')) }
  for (const [piece] of target.matchAll(/\/[^/?]+/g)) yield { ...request, target: target.replace(piece, '') || '/' }
}

function withoutKey(request: CaseRequest, key: 'body' | 'httpVersion' | 'method'): CaseRequest {
  const { [key]: _left, ...rest } = request
  return rest
}
