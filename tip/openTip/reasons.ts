/** Why something can't be asked of OpenTIP (opentip-api.md 1 and 10), or handed in (1.1). */
export type OpenTipReason =
	'emptyFile' | 'fileTooLarge' | 'ipv6NotInOpenTip' | 'noFile' | 'notForAgents' | 'notInOpenTip';
