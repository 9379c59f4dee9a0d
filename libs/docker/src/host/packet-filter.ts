export type AddressFamily = 'ipv4' | 'ipv6';

/** One rule of ours. Its comment is its name: rules are found and removed by it. */
export interface PacketRule {
  family: AddressFamily;
  table: 'nat' | 'filter' | 'mangle' | 'raw';
  chain: string;
  /** Matches and target as iptables takes them, without `-A CHAIN` and without the comment. */
  args: string[];
  /** At most 256 bytes; `itsup:…`. */
  comment: string;
}

/** A rule of ours as it is there. */
export interface FoundRule extends PacketRule {
  /** Rules of others stand before it in its chain, and may decide first. */
  isBehindOthers: boolean;
}

/** A chain whose name begins so is ours: it comes with its first rule and goes with its last. */
export const OWN_CHAIN = 'ITSUP-';

export interface PacketChange {
  /** `insert` puts the rule first in its chain, `append` last. */
  operation: 'insert' | 'append' | 'delete';
  rule: PacketRule;
}

/** The host's packet filter, within reach. */
export interface PacketFilter {
  /** As root on this host, or through a privileged helper container. */
  readonly via: 'host' | 'helper';
  /** Families that work on this host; a change of another family is refused. */
  readonly families: AddressFamily[];
  /** Rules whose comment starts with `prefix`, in the order of their chains. A table that the kernel lacks has none. */
  list(prefix: string): Promise<FoundRule[]>;
  /**
   * Makes the changes in their order, per family and table all at once or none. A rule that is to be inserted and is
   * there already stays as it is, unless an earlier change deletes it; one that is to be deleted and is not there is no
   * error. What leads to a chain of ours has to be deleted before its last rule is.
   */
  apply(changes: PacketChange[]): Promise<void>;
}

export type PacketFilterResult =
  | { available: true; filter: PacketFilter }
  | {
      available: false;
      code: 'remote-engine' | 'virtual-machine' | 'rootless' | 'not-installed' | 'no-helper-image' | 'denied';
      /** One line: why not. */
      reason: string;
      /** One line: what to do about it. */
      help: string;
    };

/** Finds the image; undefined: there is none. */
export type HelperImage = () => Promise<string | undefined>;

export interface PacketFilterOptions {
  /**
   * An image on the engine with `nsenter` (busybox has it), for the case that this process is not root; asked for only
   * then.
   */
  helperImage?: HelperImage;
}
