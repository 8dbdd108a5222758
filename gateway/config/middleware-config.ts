import type { z } from 'zod'
import type { Place, Setting } from '../place.ts'
import { DEFAULT_REQUEST_ID_HEADER, DEFAULT_TIMEOUTS, type MIDDLEWARE } from './middleware-file.ts'
import type { HeaderEdits, HeaderEditsShape } from './units.ts'
import type { YamlFile } from './yaml-file.ts'

type MiddlewareShape = z.output<typeof MIDDLEWARE>

type CorsShape = NonNullable<MiddlewareShape['cors']>
type RateLimitShape = NonNullable<MiddlewareShape['rateLimit']>

/** middleware.yaml, with its defaults and with the places of its keys; null for what it leaves out. */
export interface MiddlewareConfig {
  readonly requestHeaders: HeaderEdits | null
  readonly responseHeaders: HeaderEdits | null
  readonly cors: (CorsShape & { readonly places: CorsPlaces }) | null
  readonly rateLimit: (RateLimitShape & { readonly place: Place }) | null
  readonly bodyLimitBytes: Setting<number> | null
  readonly requestIdHeader: Setting<string>
  readonly timeouts: { readonly connectMs: Setting<number>; readonly readMs: Setting<number> }
}

/** Where the keys of `cors` are written; where one is left out, the mapping that it is absent from. */
export type CorsPlaces = Readonly<Record<'cors' | keyof CorsShape, Place>>

/** @param file where the shape was read from; both are null where there is no middleware.yaml */
export function middlewareConfig(shape: MiddlewareShape | null, file: YamlFile | null): MiddlewareConfig {
  if (shape === null || file === null) return DEFAULTS
  const { requestHeaders, responseHeaders, cors, rateLimit, bodyLimit, requestId, timeouts } = shape
  const setting = <Value>(value: Value | undefined, path: string[], otherwise: Value): Setting<Value> =>
    value === undefined ? { value: otherwise, place: null } : { value, place: file.placeOfKey(path) }
  return {
    requestHeaders: requestHeaders ? headerEditsOf(requestHeaders, 'requestHeaders', file) : null,
    responseHeaders: responseHeaders ? headerEditsOf(responseHeaders, 'responseHeaders', file) : null,
    cors: cors ? { ...cors, places: corsPlaces(file) } : null,
    rateLimit: rateLimit ? { ...rateLimit, place: file.placeOfKey(['rateLimit', 'requests']) } : null,
    bodyLimitBytes: bodyLimit === undefined ? null : { value: bodyLimit, place: file.placeOfKey(['bodyLimit']) },
    requestIdHeader: setting(requestId?.header, ['requestId', 'header'], DEFAULT_REQUEST_ID_HEADER),
    timeouts: {
      connectMs: setting(timeouts?.connect, ['timeouts', 'connect'], DEFAULT_TIMEOUTS.connectMs),
      readMs: setting(timeouts?.read, ['timeouts', 'read'], DEFAULT_TIMEOUTS.readMs),
    },
  }
}

const DEFAULTS: MiddlewareConfig = {
  requestHeaders: null,
  responseHeaders: null,
  cors: null,
  rateLimit: null,
  bodyLimitBytes: null,
  requestIdHeader: { value: DEFAULT_REQUEST_ID_HEADER, place: null },
  timeouts: {
    connectMs: { value: DEFAULT_TIMEOUTS.connectMs, place: null },
    readMs: { value: DEFAULT_TIMEOUTS.readMs, place: null },
  },
}

function headerEditsOf(shape: HeaderEditsShape, section: string, file: YamlFile): HeaderEdits {
  const places = new Map(
    file.keysAt([section, 'set']).map((key) => [key.toLowerCase(), file.placeOfKey([section, 'set', key])]),
  )
  const sectionPlace = file.placeOfKey([section])
  return {
    set: Object.entries(shape.set).map(([name, value]) => ({ name, value, place: places.get(name) ?? sectionPlace })),
    remove: shape.remove.map((name, at) => ({ name, place: file.placeOf([section, 'remove', at]) })),
  }
}

function corsPlaces(file: YamlFile): CorsPlaces {
  const of = (key: keyof CorsShape) => file.placeOfKey(['cors', key])
  return {
    cors: file.placeOfKey(['cors']),
    origins: of('origins'),
    methods: of('methods'),
    headers: of('headers'),
    credentials: of('credentials'),
    maxAge: of('maxAge'),
  }
}
