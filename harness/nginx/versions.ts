/** What nginx does otherwise since a version. Each sentence has nginx as its subject. */
export interface VersionRule {
  /** The first version of the mainline that does so. */
  readonly since: string
  /** Releases outside of that line that do so too: of a stable branch from that patch on, or with a distribution's patch. */
  readonly also?: readonly string[]
  /** What it does since then. */
  readonly does: string
  /** What it did before. */
  readonly did: string
  /** Where nginx says so. */
  readonly source: 'CHANGES' | 'its source'
  /** The recorded case, or the conformance case, that shows it; null where it was read and not recorded. */
  readonly shownBy: string | null
}

/**
 * Everything that the model does by version. A rule is asked by its name (`rules.repeatedHeadersJoined`); no other file compares
 * version numbers.
 */
export const VERSION_RULES = {
  acceptRangesOfSlicesDropped: {
    since: '1.19.2',
    does: "drops the upstream's Accept-Ranges where `slice` puts the answer together",
    did: 'passes it on',
    source: 'CHANGES',
    shownBy: null,
  },
  absoluteTargetWithoutPath: {
    since: '1.19.6',
    does: 'takes a target like "http://example.com?args"',
    did: 'answers 400 to it',
    source: 'CHANGES',
    shownBy: null,
  },
  slashRedirectEscaped: {
    since: '1.21.0',
    does: "escapes special characters in the redirect to a location's name with its slash",
    did: 'writes them as they are',
    source: 'CHANGES',
    shownBy: null,
  },
  connectRefused: {
    since: '1.21.1',
    does: 'answers 405 to CONNECT',
    did: 'takes it like any other method',
    source: 'CHANGES',
    shownBy: null,
  },
  lengthAndCodingRefused: {
    since: '1.21.1',
    does: 'answers 400 to a request with both Content-Length and Transfer-Encoding',
    did: 'ignores the Content-Length',
    source: 'CHANGES',
    shownBy: null,
  },
  strictHeads: {
    since: '1.21.1',
    does: 'answers 400 to spaces and control characters in a target, a header name or a host',
    did: 'takes some of them',
    source: 'CHANGES',
    shownBy: null,
  },
  moreEscapedInUri: {
    since: '1.21.1',
    does: 'escapes " < > \\ ^ ` { | } where it changes the URI that it sends on',
    did: 'sends them as they are',
    source: 'CHANGES',
    shownBy: null,
  },
  codingInHttp10Refused: {
    since: '1.21.2',
    does: 'answers 400 to a request of HTTP/1.0 with Transfer-Encoding',
    did: 'takes it',
    source: 'CHANGES',
    shownBy: null,
  },
  patternsByPcre2: {
    since: '1.21.5',
    does: 'reads patterns by PCRE2, which refuses a range that begins with several characters, such as "[\\w-.]"',
    did: 'reads them by PCRE 8, which takes that "-" for itself',
    source: 'CHANGES',
    shownBy: null,
  },
  repeatedHeadersJoined: {
    since: '1.23.0',
    does: 'joins the lines of a header that comes several times in $http_NAME',
    did: 'takes the first line',
    source: 'CHANGES',
    shownBy: 'hdrs3-001',
  },
  cgiHeadersJoined: {
    since: '1.23.0',
    does: 'tells applications of FastCGI, SCGI and uwsgi a header that comes several times as one, its lines joined',
    did: 'tells them every line by itself',
    source: 'CHANGES',
    shownBy: null,
  },
  answerHeadersOnce: {
    since: '1.23.0',
    does: "drops a second line of Content-Type, ETag, Expires, Last-Modified, Location or Refresh in an upstream's answer",
    did: 'passes every line on',
    source: 'its source',
    shownBy: null,
  },
  cacheHeadersInAnyOrder: {
    since: '1.23.0',
    does: 'caches an answer that X-Accel-Expires says to cache, whatever Cache-Control and Expires before it say',
    did: 'lets the first line that forbids it count',
    source: 'its source',
    shownBy: null,
  },
  challengesPassed: {
    since: '1.23.0',
    does: 'passes on every WWW-Authenticate that the answer to auth_request, or an intercepted 401, has',
    did: 'passes on the first',
    source: 'CHANGES',
    shownBy: null,
  },
  contentRangeReplaced: {
    since: '1.23.1',
    does: "replaces a Content-Range of the upstream's where it cuts the answer to a range",
    did: 'adds a second one',
    source: 'its source',
    shownBy: null,
  },
  proxyProtocolTlv: {
    since: '1.23.2',
    does: 'knows $proxy_protocol_tlv_NAME',
    did: 'does not know it',
    source: 'CHANGES',
    shownBy: null,
  },
  rangesOfCompressedFiles: {
    since: '1.23.4',
    does: 'cuts the files of gzip_static to the Range that a client asks for',
    did: 'sends them whole',
    source: 'CHANGES',
    shownBy: null,
  },
  tls13ByDefault: {
    since: '1.23.4',
    does: 'speaks TLS 1.3 where no `ssl_protocols` says otherwise',
    did: 'speaks TLS 1.2 at most',
    source: 'CHANGES',
    shownBy: null,
  },
  clientTrustedByEither: {
    since: '1.27.2',
    does: 'takes `ssl_trusted_certificate` alone for `ssl_verify_client`',
    did: 'wants `ssl_client_certificate`',
    source: 'CHANGES',
    shownBy: null,
  },
  serversResolve: {
    since: '1.27.3',
    does: 'takes "resolve" and "service=" in a server of an upstream',
    did: 'refuses them',
    source: 'CHANGES',
    shownBy: null,
  },
  connectTakesAuthority: {
    since: '1.29.3',
    does: 'reads the target of CONNECT as HOST:PORT',
    did: 'reads it as a path',
    source: 'its source',
    shownBy: null,
  },
  requestPort: {
    since: '1.29.3',
    does: 'knows $request_port and $is_request_port',
    did: 'does not know them',
    source: 'CHANGES',
    shownBy: null,
  },
  geoVolatile: {
    since: '1.29.3',
    does: 'takes "volatile" in a geo block',
    did: 'refuses it',
    source: 'CHANGES',
    shownBy: null,
  },
  hostValidated: {
    since: '1.29.4',
    does: 'answers 400 to a host or a port that RFC 3986 does not allow',
    did: 'takes any but those with "..", "/", spaces and control characters',
    source: 'CHANGES',
    shownBy: 'host-022',
  },
  hostOfItsOwn: {
    since: '1.29.4',
    does: 'sends the host of proxy_pass where no proxy_set_header sets Host, whatever "set" makes of $proxy_host',
    did: 'sends $proxy_host',
    source: 'its source',
    shownBy: null,
  },
  chunksEndWithCrLf: {
    since: '1.29.4',
    does: 'answers 400 to a chunked body with a bare line feed',
    did: "takes it for a line's end",
    source: 'CHANGES',
    shownBy: null,
  },
  proxyHttp2: {
    since: '1.29.4',
    does: 'takes "proxy_http_version 2"',
    did: 'refuses it',
    source: 'CHANGES',
    shownBy: null,
  },
  cgiHostByDefault: {
    since: '1.29.5',
    does: 'tells applications of FastCGI, SCGI and uwsgi the host that counts as HTTP_HOST',
    did: 'tells them the Host header',
    source: 'CHANGES',
    shownBy: null,
  },
  rangesLimited: {
    since: '1.29.5',
    does: 'sends the whole where many small ranges would take more than it, unless max_ranges says how many there may be',
    did: 'sends them',
    source: 'its source',
    shownBy: null,
  },
  scgiLengthAsAnnounced: {
    since: '1.29.6',
    does: 'tells applications of SCGI the length of the whole body where scgi_request_buffering is off',
    did: 'tells them how much of it has come',
    source: 'CHANGES',
    shownBy: null,
  },
  commaInCookie: {
    since: '1.29.6',
    does: 'takes a comma in a Cookie for a part of the value in $cookie_NAME',
    did: 'begins another cookie behind it',
    source: 'CHANGES',
    shownBy: null,
  },
  upstreamHttp11ByDefault: {
    since: '1.29.7',
    does: 'sends HTTP/1.1 to upstreams and no Connection header, and keeps connections open',
    did: 'sends HTTP/1.0 and "Connection: close"',
    source: 'CHANGES',
    shownBy: 'nested-001',
  },
  proxyAuthorizationOnce: {
    since: '1.29.7',
    does: 'answers 400 to a second Proxy-Authorization',
    did: 'takes it',
    source: 'its source',
    shownBy: null,
  },
  headersCounted: {
    since: '1.29.8',
    also: ['1.22.1'],
    does: 'answers 400 to more than 1000 header lines (max_headers)',
    did: 'counts their bytes alone',
    source: 'CHANGES',
    shownBy: null,
  },
  portInSubrequests: {
    since: '1.29.8',
    does: 'knows $request_port in subrequests',
    did: 'takes it for empty there',
    source: 'CHANGES',
    shownBy: null,
  },
  geoIncludesByPattern: {
    since: '1.29.8',
    does: 'takes a pattern such as "geo/*.conf" in an include of a geo block',
    did: 'takes it for the name of one file',
    source: 'CHANGES',
    shownBy: null,
  },
  proxyConnectionDropped: {
    since: '1.31.0',
    does: "keeps the client's Proxy-Connection back",
    did: 'sends it on',
    source: 'its source',
    shownBy: null,
  },
  lastShareTakesRest: {
    since: '1.31.2',
    does: 'gives the last share of split_clients what is left of 100 %',
    did: 'may leave a text without a value, by rounding',
    source: 'CHANGES',
    shownBy: null,
  },
  grpcHeadersLimited: {
    since: '1.31.2',
    does: 'answers 502 where the header of an answer of gRPC does not fit in grpc_buffer_size',
    did: 'takes it',
    source: 'CHANGES',
    shownBy: null,
  },
  grpcLengthKept: {
    since: '1.31.4',
    does: 'keeps the Content-Length of an answer of gRPC that has no body, to HEAD for example',
    did: 'says 0',
    source: 'its source',
    shownBy: null,
  },
  hostAlwaysSent: {
    since: '1.31.4',
    does: 'always sends Host to an upstream over HTTP/1.1 and gRPC, and sends it first',
    did: 'sends none where proxy_set_header makes it empty',
    source: 'CHANGES',
    shownBy: null,
  },
} as const satisfies Readonly<Record<string, VersionRule>>

export type RuleName = keyof typeof VERSION_RULES

/** What holds in one version, rule by rule. */
export type VersionRules = Readonly<Record<RuleName, boolean>> & { readonly version: string }

/** Directives that came or went, with the version that did it. Names are those of the directive table. */
export const DIRECTIVE_VERSIONS: Readonly<
  Record<string, { readonly since?: string; readonly until?: string; readonly also?: readonly string[] }>
> = {
  ssl_ocsp: { since: '1.19.0' },
  ssl_ocsp_cache: { since: '1.19.0' },
  ssl_ocsp_responder: { since: '1.19.0' },
  proxy_cookie_flags: { since: '1.19.3' },
  userid_flags: { since: '1.19.3' },
  grpc_ssl_conf_command: { since: '1.19.4' },
  proxy_ssl_conf_command: { since: '1.19.4' },
  ssl_conf_command: { since: '1.19.4' },
  ssl_reject_handshake: { since: '1.19.4' },
  uwsgi_ssl_conf_command: { since: '1.19.4' },
  keepalive_time: { since: '1.19.10' },
  mp4_start_key_frame: { since: '1.21.4' },
  http2: { since: '1.25.1' },
  ssl: { until: '1.25.1' },
  proxy_pass_trailers: { since: '1.27.2' },
  keepalive_min_timeout: { since: '1.27.4' },
  ssl_certificate_cache: { since: '1.27.4' },
  early_hints: { since: '1.29.0' },
  ssl_certificate_compression: { since: '1.29.1' },
  add_header_inherit: { since: '1.29.3' },
  add_trailer_inherit: { since: '1.29.3' },
  sticky: { since: '1.29.6' },
  max_headers: { since: '1.29.8', also: ['1.22.1'] },
  least_time: { since: '1.31.0' },
}

/** Places that a directive may stand in since a version only: the block around it, and the version. */
const CONTEXT_VERSIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  resolver: { upstream: '1.27.3' },
  resolver_timeout: { upstream: '1.27.3' },
}

/** The newest release of each branch that the table covers. Between them and around them nothing is known. */
const NEWEST_PATCHES: Readonly<Record<string, number>> = {
  '1.18': 0,
  '1.19': 10,
  '1.20': 2,
  '1.21': 6,
  '1.22': 1,
  '1.23': 4,
  '1.24': 0,
  '1.25': 5,
  '1.26': 3,
  '1.27': 5,
  '1.28': 3,
  '1.29': 8,
  '1.30': 4,
  '1.31': 4,
}

/** The version that is simulated where nothing names one: Debian 12's. See docs/decisions/. */
export const DEFAULT_VERSION = '1.22.1'

/** The oldest and the newest version that the table covers. */
export const COVERED = { from: '1.18.0', to: '1.31.4' } as const

/**
 * The release that a version means: `1.24` is the newest known of its branch.
 * @returns null where the table does not cover it, or where it is no version
 */
export function releaseOf(version: string): string | null {
  const [, branch = '', patch] = /^(\d+\.\d+)(?:\.(\d+))?$/.exec(version) ?? []
  const newest = Object.hasOwn(NEWEST_PATCHES, branch) ? NEWEST_PATCHES[branch] : undefined
  if (newest === undefined || (patch !== undefined && Number(patch) > newest)) return null
  return `${branch}.${patch === undefined ? newest : Number(patch)}`
}

/** The release that stands for a version that the table may not cover: the newest one that is not newer, else the oldest. */
export function nearestRelease(version: string): string {
  const release = releaseOf(version)
  if (release !== null) return release
  const branches = Object.entries(NEWEST_PATCHES).map(([branch, patch]) => `${branch}.${patch}`)
  return branches.findLast((one) => compareVersions(one, version) <= 0) ?? COVERED.from
}

/** Why a version cannot be simulated, as the end of a sentence. */
export function whyNotCovered(version: string): string {
  return `nginx ${version} is not modelled: versions from ${COVERED.from} to ${COVERED.to} are`
}

const known = new Map<string, VersionRules>()

/**
 * What holds in a release.
 * @param version with its patch: see {@link releaseOf}
 */
export function rulesOf(version: string): VersionRules {
  let rules = known.get(version)
  if (rules === undefined) {
    rules = { ...everyRule((name) => holdsIn(version, VERSION_RULES[name])), version }
    known.set(version, rules)
  }
  return rules
}

/** These rules with one of them the other way round. */
export function flipped(rules: VersionRules, name: RuleName): VersionRules {
  return { ...rules, [name]: !rules[name] }
}

/** The rules by which two versions differ, in the order of the table. */
export function rulesBetween(one: VersionRules, other: VersionRules): readonly RuleName[] {
  return RULE_NAMES.filter((name) => one[name] !== other[name])
}

export const RULE_NAMES = Object.keys(VERSION_RULES).filter(isRuleName)

function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(VERSION_RULES, name)
}

function everyRule(holds: (name: RuleName) => boolean): Readonly<Record<RuleName, boolean>> {
  const rules: Partial<Record<RuleName, boolean>> = {}
  for (const name of RULE_NAMES) rules[name] = holds(name)
  return rules as Readonly<Record<RuleName, boolean>>
}

/** Whether a version has a directive of the table. */
export function hasDirective(version: string, name: string): boolean {
  const line = Object.hasOwn(DIRECTIVE_VERSIONS, name) ? DIRECTIVE_VERSIONS[name] : undefined
  if (line === undefined) return true
  if (line.until !== undefined) return compareVersions(version, line.until) < 0
  return line.since === undefined || holdsIn(version, { since: line.since, also: line.also ?? [] })
}

/** Whether a directive that a version has may stand in a block of this kind there. */
export function isAllowedIn(version: string, name: string, context: string): boolean {
  const since = Object.hasOwn(CONTEXT_VERSIONS, name) ? CONTEXT_VERSIONS[name]?.[context] : undefined
  return since === undefined || compareVersions(version, since) >= 0
}

/** Which versions have a directive, as a sentence without its end. */
export function knownIn(name: string): string {
  const { since, until } = DIRECTIVE_VERSIONS[name] ?? {}
  if (until !== undefined) return `nginx knows "${name}" before ${until}`
  return `nginx knows "${name}" since ${since ?? COVERED.from}`
}

function holdsIn(version: string, { since, also = [] }: Pick<VersionRule, 'since' | 'also'>): boolean {
  const [major, minor] = version.split('.')
  const onBranch = also.some((from) => from.startsWith(`${major}.${minor}.`) && compareVersions(version, from) >= 0)
  return onBranch || compareVersions(version, since) >= 0
}

/** Less than 0 where the first is older. */
export function compareVersions(one: string, other: string): number {
  const [mine, its] = [one, other].map((version) => version.split('.').map(Number))
  return [0, 1, 2].map((at) => (mine?.[at] ?? 0) - (its?.[at] ?? 0)).find((difference) => difference !== 0) ?? 0
}
