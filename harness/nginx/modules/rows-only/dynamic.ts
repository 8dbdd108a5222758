import {
  FLAG,
  HTTP,
  HTTP_SERVER_LOCATION,
  LOCATION,
  type ModuleTable,
  ONE,
  ONE_ONCE,
  ONE_OR_MORE,
  ONE_OR_TWO,
  refused,
  SIZE,
  TWO,
  text,
} from '../../core/directives/rule.ts'

const IMAGE = refused('changes images')
const PLACE = refused('gives variables their values from a GeoIP database')
const TRANSFORMED = refused('transforms XML responses')
const CODE = refused('runs Perl code')

/** Modules that Debian packs by themselves: where one is not loaded, nginx calls its directives unknown. */
export const DYNAMIC_MODULES: readonly ModuleTable[] = [
  {
    module: 'ngx_http_image_filter_module',
    rows: {
      image_filter: [LOCATION, text(1, 3), IMAGE],
      image_filter_jpeg_quality: [HTTP_SERVER_LOCATION, ONE_ONCE, IMAGE],
      image_filter_webp_quality: [HTTP_SERVER_LOCATION, ONE_ONCE, IMAGE],
      image_filter_sharpen: [HTTP_SERVER_LOCATION, ONE_ONCE, IMAGE],
      image_filter_transparency: [HTTP_SERVER_LOCATION, FLAG, IMAGE],
      image_filter_interlace: [HTTP_SERVER_LOCATION, FLAG, IMAGE],
      image_filter_buffer: [HTTP_SERVER_LOCATION, SIZE, IMAGE],
    },
  },
  {
    module: 'ngx_http_geoip_module',
    rows: {
      geoip_country: [HTTP, ONE_OR_TWO, PLACE],
      geoip_org: [HTTP, ONE_OR_TWO, PLACE],
      geoip_city: [HTTP, ONE_OR_TWO, PLACE],
      geoip_proxy: [HTTP, ONE, PLACE],
      geoip_proxy_recursive: [HTTP, FLAG, PLACE],
    },
  },
  {
    module: 'ngx_http_xslt_module',
    rows: {
      xml_entities: [HTTP_SERVER_LOCATION, ONE_ONCE, TRANSFORMED],
      xslt_stylesheet: [LOCATION, ONE_OR_MORE, TRANSFORMED],
      xslt_param: [HTTP_SERVER_LOCATION, TWO, TRANSFORMED],
      xslt_string_param: [HTTP_SERVER_LOCATION, TWO, TRANSFORMED],
      xslt_types: [HTTP_SERVER_LOCATION, ONE_OR_MORE, TRANSFORMED],
      xslt_last_modified: [HTTP_SERVER_LOCATION, FLAG, TRANSFORMED],
    },
  },
  {
    module: 'ngx_http_perl_module',
    rows: {
      perl_modules: [HTTP, ONE, CODE],
      perl_require: [HTTP, ONE, CODE],
      perl: [['location', 'limit_except'], ONE, CODE],
      perl_set: [HTTP, TWO, CODE],
    },
  },
]
