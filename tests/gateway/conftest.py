from tests.gateway.fixtures import gateway, own_gateway

__all__ = ["gateway", "own_gateway"]
