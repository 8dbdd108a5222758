/**
 * Variables of nginx 1.22 (ngx_http_core_variables, and those of the modules that Debian builds in) that the model has no value
 * for: they depend on time, chance, the machine, or on modules that it does not know.
 */
const UNMODELLED: ReadonlySet<string> = new Set(
  `body_bytes_sent bytes_sent connection connection_requests connection_time connections_active connections_reading
  connections_waiting connections_writing date_gmt date_local gzip_ratio
  hostname limit_conn_status limit_rate msec pid proxy_internal_chunked realpath_root request_body
  request_body_file request_length request_time sent_http_transfer_encoding tcpinfo_rcv_space tcpinfo_rtt
  tcpinfo_rttvar tcpinfo_snd_cwnd time_iso8601 time_local uid_got uid_reset uid_set upstream_bytes_received
  upstream_bytes_sent upstream_connect_time upstream_header_time upstream_response_length upstream_response_time`.split(
    /\s+/,
  ),
)

/** Names that begin so mean something without being taken: a `set` may use them (ngx_http_core_prefix_variables). */
const PREFIXES = /^(?:sent_trailer_|upstream_trailer_)/

/** Variables of a module that nginx.conf may load: without it they are free. */
const LOADABLE =
  /^geoip_(?:country_(?:code3?|name)|org|city(?:_continent_code|_country_(?:code3?|name))?|region(?:_name)?|postal_code|latitude|longitude|dma_code|area_code)$/

/** Variables of nginx's own that a site file may give another value (NGX_HTTP_VAR_CHANGEABLE). */
const CHANGEABLE =
  /^(?:args|limit_rate|proxy_host|proxy_port|ancient_browser|modern_browser|msie|invalid_referer|uid_reset|ssl_.*)$/

/** Whether nginx may know a variable (its name in lower case) that the model does not. */
export function isUnmodelled(name: string): boolean {
  return UNMODELLED.has(name) || PREFIXES.test(name) || LOADABLE.test(name)
}

/** Whether nginx has a variable of that name for itself, so that only {@link isChangeable} lets a site file define it. */
export function isUnmodelledBuiltin(name: string): boolean {
  return UNMODELLED.has(name)
}

export function isChangeable(name: string): boolean {
  return CHANGEABLE.test(name)
}
