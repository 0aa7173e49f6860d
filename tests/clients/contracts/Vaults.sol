// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC20PermitUpgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC20/extensions/ERC20PermitUpgradeable.sol";
import {ReentrancyGuardTransientUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/ReentrancyGuardTransientUpgradeable.sol";

/// A token with shares, upgradeable in three ways.
contract VaultV1 is UUPSUpgradeable, OwnableUpgradeable, ERC20PermitUpgradeable, ReentrancyGuardTransientUpgradeable {
    uint256 public paid;

    constructor() {
        _disableInitializers();
    }

    function initialize(address owner) external initializer {
        __Ownable_init(owner);
        __ERC20_init("Vault", "VLT");
        __ERC20Permit_init("Vault");
    }

    function deposit() external payable nonReentrant {
        paid += msg.value;
        _mint(msg.sender, msg.value);
    }

    function version() external pure virtual returns (uint256) {
        return 1;
    }

    function _authorizeUpgrade(address) internal override onlyOwner {}
}

contract VaultV2 is VaultV1 {
    uint256 public bonus;

    function grow() external reinitializer(2) {
        bonus = paid / 10;
    }

    function version() external pure override returns (uint256) {
        return 2;
    }
}
