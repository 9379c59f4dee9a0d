export interface NetworkSummary {
  id: string;
  name: string;
  driver: string;
  /** The asked-for labels that are there and not empty. */
  labels: Record<string, string>;
}

export interface ListNetworksOptions {
  /** `key` (has the label) or `key=value`; all must hold. */
  labelFilters?: string[];
  /** Labels to read, by key. */
  labels?: string[];
}

export interface NetworkSubnet {
  subnet: string;
  gateway: string | null;
  ipRange: string | null;
}

export interface NetworkDetails {
  id: string;
  name: string;
  driver: string;
  internal: boolean;
  attachable: boolean;
  ipv6: boolean;
  /** Of its driver. */
  options: Record<string, string>;
  /** The host's interface for it; null: it is no bridge. */
  bridge: string | null;
  labels: Record<string, string>;
  subnets: NetworkSubnet[];
  /** Running containers that are attached, with their addresses (without prefix length). */
  containers: { id: string; name: string; ipv4: string | null; ipv6: string | null }[];
}

export interface NetworkSpec {
  name: string;
  /** CIDR; absent: the engine picks one of its address pools. */
  subnet?: string;
  gateway?: string;
  /** CIDR inside the subnet that dynamic addresses come from. */
  ipRange?: string;
  /** No way out of the host. */
  internal?: boolean;
  labels?: Record<string, string>;
}

export interface EndpointOptions {
  aliases?: string[];
  /** IPv4 address; absent: a dynamic one. */
  ip?: string;
  /** IPv6 address; absent: a dynamic one. */
  ip6?: string;
  linkLocalIps?: readonly string[];
  /** Containers that it knows by another name there: `container:name`. */
  links?: readonly string[];
  mac?: string;
  /** For the driver, an interface's name among them. */
  driverOpts?: Readonly<Record<string, string>>;
  /** Which of its networks is its way out: the highest; engine 28 and newer. */
  gwPriority?: number;
}
