// The part of ankerl::unordered_dense that mediasoup's worker uses, over Abseil's hash tables, which Debian has.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

#include <functional>
#include <type_traits>

namespace ankerl::unordered_dense
{
	template<typename Key>
	struct hash : absl::Hash<Key>
	{
	};

	// Abseil's erase(iterator) returns nothing; the worker continues its loops with what it returns.
	// Erasing an element leaves Abseil's other iterators valid, so the next one can be taken beforehand.
	template<typename Table>
	class Erasing : public Table
	{
	public:
		using Table::Table;
		using Table::operator=;
		using iterator       = typename Table::iterator;
		using const_iterator = typename Table::const_iterator;

		iterator erase(iterator position)
		{
			iterator next = position;
			++next;
			Table::erase(position);

			return next;
		}

		template<
		  typename Key,
		  typename = std::enable_if_t<
		    !std::is_convertible_v<const Key&, iterator> && !std::is_convertible_v<const Key&, const_iterator>>>
		size_t erase(const Key& key)
		{
			return Table::erase(key);
		}
	};

	template<
	  typename Key,
	  typename Value,
	  typename Hash  = absl::container_internal::hash_default_hash<Key>,
	  typename Equal = absl::container_internal::hash_default_eq<Key>>
	using map = Erasing<absl::flat_hash_map<Key, Value, Hash, Equal>>;

	template<
	  typename Key,
	  typename Hash  = absl::container_internal::hash_default_hash<Key>,
	  typename Equal = absl::container_internal::hash_default_eq<Key>>
	using set = Erasing<absl::flat_hash_set<Key, Hash, Equal>>;
} // namespace ankerl::unordered_dense
